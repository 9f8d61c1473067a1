package io.levee.apache;

import io.levee.http.shared.BodyRecord;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** An entity that is not repeatable, recorded while it is written for the first time. */
final class RecordedEntity extends HttpEntityWrapper {
    private final HttpEntity given;
    private final BodyRecord record;

    RecordedEntity(HttpEntity given, BodyRecord record) {
        super(given);
        this.given = given;
        this.record = record;
    }

    /** For redirects and challenges within an attempt. */
    @Override
    public boolean isRepeatable() {
        return record.replayable();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (record.isWhole()) {
            record.writeTo(out);
            return;
        }
        record.start(given.getContentLength());
        if (!record.isKeeping()) {
            given.writeTo(out);
            return;
        }
        BodyRecord.Tee tee = record.tee(out);
        given.writeTo(tee);
        tee.done();
    }
}
