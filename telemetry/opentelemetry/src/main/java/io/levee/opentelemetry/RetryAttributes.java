package io.levee.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/** The attributes of Levee's spans: the contract's own, and those of the semantic conventions 1.45. */
final class RetryAttributes {
    /** The number of the attempt, from 0, on every attempt's span. */
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("retry.attempt");

    /** On a retry's span which retry it is, on the call's how many there were. */
    static final AttributeKey<Long> COUNT = AttributeKey.longKey("http.retry_count");

    static final AttributeKey<Long> DELAY_MS = AttributeKey.longKey("http.retry_delay_ms");
    static final AttributeKey<String> REASON = AttributeKey.stringKey("http.retry_reason");
    static final AttributeKey<Long> RESEND_COUNT = AttributeKey.longKey("http.request.resend_count");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    static final AttributeKey<String> DOWNSTREAM = AttributeKey.stringKey("levee.downstream");
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("levee.operation");
    /** How many attempts there were, on the call's span; 0 for a call that was refused. */
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("levee.attempts");

    /** What the call was for its caller, on its span: good, bad, degraded or withdrawn. */
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("levee.outcome");

    static final AttributeKey<String> STOP = AttributeKey.stringKey("levee.stop");
    static final AttributeKey<String> FATE = AttributeKey.stringKey("levee.fate");
    /** The rule of the decision that ended the call, on its span. */
    static final AttributeKey<String> RULE = AttributeKey.stringKey("levee.rule");

    static final AttributeKey<String> DECISION = AttributeKey.stringKey("levee.decision");
    static final AttributeKey<Double> WAITED_MS = AttributeKey.doubleKey("levee.limiter.waited_ms");
    static final AttributeKey<Double> BUDGET_LEFT = AttributeKey.doubleKey("levee.retry_budget.left");

    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    static final AttributeKey<String> TEMPLATE = AttributeKey.stringKey("url.template");
    static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
    static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    static final AttributeKey<String> RPC_STATUS = AttributeKey.stringKey("rpc.status_code");
    static final AttributeKey<String> DB_SYSTEM = AttributeKey.stringKey("db.system.name");
    static final AttributeKey<String> DB_NAMESPACE = AttributeKey.stringKey("db.namespace");

    private RetryAttributes() {}
}
