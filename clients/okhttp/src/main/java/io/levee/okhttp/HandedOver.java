package io.levee.okhttp;

import io.levee.Scope;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.EventListener;

/**
 * Takes along to the dispatcher's thread what the thread is in that executes or enqueues a call: OkHttp tells an event listener
 * of the start of a call there, and of nothing else.
 */
final class HandedOver extends EventListener {
    private static final HandedOver INSTANCE = new HandedOver();

    private HandedOver() {}

    /** What others have set, and this. */
    static Factory besides(Factory others) {
        return call -> others.create(call).plus(INSTANCE);
    }

    @Override
    public void callStart(Call call) {
        Sending.current(call).handOver(Scope.capture());
    }

    /** Also of a call that was cancelled before it left the dispatcher's queue. */
    @Override
    public void callFailed(Call call, IOException failure) {
        Sending.current(call).close();
    }
}
