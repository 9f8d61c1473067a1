package io.levee.http;

import io.levee.http.shared.ReplayQuota;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body whose publisher may be good for one subscription only. That one is made by the first attempt that sends the
 * body; what it delivers is recorded, and a later attempt gets the record first and then the rest of the same
 * subscription, which has waited meanwhile. So an attempt that broke off in the middle costs no byte.
 *
 * <p>Recording stops for good when the call's or the client's bound is reached: the record is given up, the attempt that
 * runs goes on unrecorded, and {@link #replayable()} is false from then on.
 *
 * <p>Thread-safe. The lock guards the state and is never held while a subscriber or a publisher is called; {@link #pump}
 * is the only place that calls them, one thread at a time, so that signals are serial as the specification of reactive
 * streams wants.
 */
final class RecordedBody implements RequestBody, Flow.Subscriber<ByteBuffer> {
    private final BodyPublisher publisher;
    private final ReplayQuota quota;
    private final long maxBytes;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<ByteBuffer> record = new ArrayList<>();
    private long reserved;
    private boolean started;
    /** True until the bound is hit or the call is over: what arrives is kept. */
    private boolean recording = true;

    private boolean overflowed;
    private boolean ended;
    private boolean requested;
    private boolean sourceDone;
    private @Nullable Throwable sourceFailure;
    private Flow.@Nullable Subscription source;
    /** Arrived after recording had stopped, not handed on yet. */
    private @Nullable ByteBuffer unrecorded;

    private @Nullable Reader reader;
    /** True while some thread is in the loop of {@link #pump}; it then sees every change made before. */
    private boolean pumping;

    RecordedBody(BodyPublisher publisher, ReplayQuota quota, long maxBytes) {
        this.publisher = publisher;
        this.quota = quota;
        this.maxBytes = maxBytes;
    }

    @Override
    public long contentLength() {
        return publisher.contentLength();
    }

    @Override
    public boolean replayable() {
        lock.lock();
        try {
            return !overflowed && sourceFailure == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        Reader mine = null;
        boolean first = false;
        lock.lock();
        try {
            if (!overflowed && !ended) {
                mine = new Reader(subscriber);
                if (reader != null) {
                    reader.over = true;
                }
                reader = mine;
                first = !started;
                started = true;
                if (first && publisher.contentLength() > maxBytes) {
                    giveUpRecord();
                }
            }
        } finally {
            lock.unlock();
        }
        if (mine == null) {
            // Within one attempt the wrapped client may subscribe again by itself, to follow a redirect. Without a
            // record the publisher is asked, as it would have been without Levee.
            publisher.subscribe(subscriber);
            return;
        }
        subscriber.onSubscribe(mine);
        if (first) {
            publisher.subscribe(this);
        }
        pump();
    }

    @Override
    public void end() {
        Flow.Subscription abandoned = null;
        lock.lock();
        try {
            ended = true;
            recording = false;
            quota.release(reserved);
            reserved = 0;
            if (reader == null || reader.over) {
                abandoned = abandonSource();
            }
        } finally {
            lock.unlock();
        }
        if (abandoned != null) {
            abandoned.cancel();
        }
    }

    /** Under the lock: nobody will read on. Answers the subscription to cancel, if one is left. */
    private Flow.@Nullable Subscription abandonSource() {
        Flow.Subscription left = sourceDone ? null : source;
        source = null;
        record.clear();
        unrecorded = null;
        return left;
    }

    /** Under the lock. */
    private void giveUpRecord() {
        recording = false;
        overflowed = true;
        quota.release(reserved);
        reserved = 0;
        if (reader == null || reader.over) {
            record.clear();
        } else if (reader.next == record.size()) {
            record.clear();
            reader.next = 0;
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        boolean unwanted;
        lock.lock();
        try {
            unwanted = source != null || (ended && (reader == null || reader.over));
            if (!unwanted) {
                source = subscription;
            }
        } finally {
            lock.unlock();
        }
        if (unwanted) {
            subscription.cancel();
        } else {
            pump();
        }
    }

    @Override
    public void onNext(ByteBuffer item) {
        Objects.requireNonNull(item);
        lock.lock();
        try {
            requested = false;
            int size = item.remaining();
            if (recording && (reserved + size > maxBytes || !quota.tryReserve(size))) {
                giveUpRecord();
            }
            if (recording) {
                reserved += size;
                // A copy: the publisher may use its buffer again.
                record.add(ByteBuffer.allocate(size).put(item).flip().asReadOnlyBuffer());
            } else {
                unrecorded = item;
            }
        } finally {
            lock.unlock();
        }
        pump();
    }

    @Override
    public void onError(Throwable failure) {
        lock.lock();
        try {
            sourceDone = true;
            sourceFailure = failure;
        } finally {
            lock.unlock();
        }
        pump();
    }

    @Override
    public void onComplete() {
        lock.lock();
        try {
            sourceDone = true;
        } finally {
            lock.unlock();
        }
        pump();
    }

    /** Hands on what can be handed on, and asks the publisher for more where the reader wants more. */
    private void pump() {
        Runnable step = firstStep();
        while (step != null) {
            boolean done = false;
            try {
                step.run();
                done = true;
            } finally {
                step = nextStep(done);
            }
        }
    }

    private @Nullable Runnable firstStep() {
        lock.lock();
        try {
            // Whoever is in the loop looks again under the lock before it leaves, and sees what was changed for this
            // call.
            return pumping ? null : step();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Runnable nextStep(boolean lastOneReturned) {
        lock.lock();
        try {
            if (lastOneReturned) {
                return step();
            }
            // A subscriber or publisher that throws breaks its contract; its exception goes up, and nothing is stuck.
            pumping = false;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Runnable step() {
        Runnable step = stepFor(reader);
        pumping = step != null;
        return step;
    }

    /** Under the lock: what to do next, null for nothing. */
    private @Nullable Runnable stepFor(@Nullable Reader to) {
        if (to == null || to.over) {
            return null;
        }
        if (to.illegalRequest) {
            to.over = true;
            return () -> to.subscriber.onError(new IllegalArgumentException("request(n): n must be more than zero"));
        }
        if (to.demand > 0 && to.next < record.size()) {
            to.demand--;
            ByteBuffer item = record.get(to.next++).duplicate();
            return () -> to.subscriber.onNext(item);
        }
        ByteBuffer direct = unrecorded;
        if (to.demand > 0 && direct != null) {
            to.demand--;
            unrecorded = null;
            return () -> to.subscriber.onNext(direct);
        }
        if (to.next < record.size() || direct != null) {
            return null;
        }
        if (sourceDone) {
            to.over = true;
            Throwable failure = sourceFailure;
            return failure == null ? to.subscriber::onComplete : () -> to.subscriber.onError(failure);
        }
        Flow.Subscription from = source;
        if (to.demand > 0 && !requested && from != null) {
            requested = true;
            return () -> from.request(1);
        }
        return null;
    }

    /** One attempt's way through the body. Its fields are guarded by the body's lock. */
    private final class Reader implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private int next;
        private long demand;
        private boolean over;
        private boolean illegalRequest;

        Reader(Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            lock.lock();
            try {
                if (n <= 0) {
                    illegalRequest = true;
                } else {
                    demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
                }
            } finally {
                lock.unlock();
            }
            pump();
        }

        @Override
        public void cancel() {
            Flow.Subscription abandoned = null;
            lock.lock();
            try {
                over = true;
                if (ended && reader == this) {
                    abandoned = abandonSource();
                }
            } finally {
                lock.unlock();
            }
            if (abandoned != null) {
                abandoned.cancel();
            }
        }
    }
}
