package io.levee.cli;

import io.levee.Fate;
import io.levee.Outcome;
import io.levee.jdbc.SqlErrors;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a line of {@code levee explain} with client jdbc says, by the tables of the adapter. */
final class SqlOutcomes {
    private static final List<String> FIELDS = List.of("sqlState", "vendorCode", "product", "commitSent");

    private static final int SQL_STATE_LENGTH = 5;

    private SqlOutcomes() {}

    /** Fields that say nothing for a client are mistakes. */
    static void refuseForeignFields(JsonNode line, boolean jdbc) {
        for (String field : FIELDS) {
            if (!jdbc && line.has(field)) {
                throw new UserError(field + " belongs to client jdbc");
            }
        }
        for (String field : List.of("status", "method", "headers")) {
            if (jdbc && line.has(field)) {
                throw new UserError(field + " belongs to client http");
            }
        }
    }

    static Outcome outcome(JsonNode line) {
        boolean hasCode = Outcomes.present(line, "sqlState") != null || Outcomes.present(line, "vendorCode") != null;
        List<String> chain = Outcomes.texts(line, "exception");
        if (!hasCode && chain.isEmpty()) {
            throw new UserError("needs sqlState, vendorCode or exception");
        }
        Throwable failure = hasCode ? coded(line, chain) : Outcomes.named(line, chain);
        Outcome outcome =
                SqlErrors.outcome(failure, Outcomes.text(line, "product"), Outcomes.flag(line, "commitSent", false));
        Fate stated = Outcomes.fate(line);
        return stated == null ? outcome : outcome.withFate(stated);
    }

    private static SQLException coded(JsonNode line, List<String> chain) {
        String state = Outcomes.text(line, "sqlState");
        if (state != null && state.length() != SQL_STATE_LENGTH) {
            throw new UserError("sqlState must have 5 characters, is '" + state + "'");
        }
        int vendor = (int) Outcomes.whole(line, "vendorCode", Integer.MIN_VALUE, Integer.MAX_VALUE);
        @Nullable Throwable cause = chain.isEmpty() ? null : Outcomes.named(line, chain);
        String said = Outcomes.text(line, "message");
        return new SQLException(
                said == null ? "" : said, state, Outcomes.present(line, "vendorCode") == null ? 0 : vendor, cause);
    }
}
