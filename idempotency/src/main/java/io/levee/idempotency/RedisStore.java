package io.levee.idempotency;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records in Redis 5 or newer (or Valkey), each a hash that expires by itself, every step one script. It needs no client library of its own but
 * takes the {@code EVAL} of the one at hand:
 *
 * <pre>{@code
 * new RedisStore(jedis::eval);                                                                      // Jedis
 * new RedisStore((script, keys, args) ->                                                            // Lettuce
 *         commands.eval(script, ScriptOutputType.MULTI, keys.toArray(byte[][]::new), args.toArray(byte[][]::new)));
 * }</pre>
 *
 * <p>A record is as durable as the server writes: with {@code appendonly yes} and {@code appendfsync always} it survives a
 * crash of the server; with Redis's defaults, or a failover to a replica that lags, the last ones may be lost, and a request that
 * was done be done again.
 */
public final class RedisStore implements IdempotencyStore {
    /** In front of every key unless another is set. */
    public static final String DEFAULT_PREFIX = "levee:idempotency:";

    private static final String NOW = """
            local t = redis.call('TIME')
            local now = t[1] * 1000 + math.floor(t[2] / 1000)
            local function whole(n) return string.format('%.0f', n) end
            """;

    private static final byte[] CLAIM = script("""
            local r = redis.call('HMGET', KEYS[1], 'print', 'state', 'fence', 'takeovers', 'lease', 'answer')
            local fence = now * 1000
            local takeovers = 0
            if r[2] then
              if r[1] ~= ARGV[1] then return {'other'} end
              if r[2] == 'finished' then return {'finished', r[6]} end
              if r[2] == 'running' then
                local left = tonumber(r[5]) - now
                if left > 0 then return {'running', whole(left)} end
                if tonumber(r[4]) >= tonumber(ARGV[4]) then return {'doubt', r[4]} end
                takeovers = tonumber(r[4]) + 1
              end
              fence = math.max(tonumber(r[3]) + 1, fence)
            end
            redis.call('HSET', KEYS[1], 'print', ARGV[1], 'state', 'running', 'fence', whole(fence),
                'takeovers', whole(takeovers), 'lease', whole(now + tonumber(ARGV[2])))
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return {'granted', whole(fence), whole(takeovers)}
            """);

    private static final byte[] LOOK = script("""
            local r = redis.call('HMGET', KEYS[1], 'state', 'lease', 'takeovers', 'answer')
            if r[1] == 'finished' then return {'finished', r[4]} end
            if r[1] == 'running' then
              local left = tonumber(r[2]) - now
              if left > 0 then return {'running', whole(left)} end
              return {'doubt', r[3]}
            end
            return {'free'}
            """);

    private static final String IF_MINE = """
            local r = redis.call('HMGET', KEYS[1], 'state', 'fence')
            if r[2] ~= ARGV[1] then return {'lost'} end
            if r[1] == 'finished' then return {'before'} end
            if r[1] ~= 'running' then return {'lost'} end
            """;

    private static final byte[] RENEW = script(IF_MINE + """
            redis.call('HSET', KEYS[1], 'lease', whole(now + tonumber(ARGV[2])))
            return {'now'}
            """);

    private static final byte[] FINISH = script(IF_MINE + """
            redis.call('HSET', KEYS[1], 'state', 'finished', 'answer', ARGV[2])
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return {'now'}
            """);

    private static final byte[] RELEASE = script(IF_MINE + """
            redis.call('HSET', KEYS[1], 'state', 'free')
            return {'now'}
            """);

    private static final String DONE = "now";

    private final Eval eval;
    private final String prefix;

    /** The client's {@code EVAL}. */
    @FunctionalInterface
    public interface Eval {
        /**
         * Runs a script on the server.
         *
         * @param script its text
         * @param keys the keys it touches
         * @param arguments its other arguments
         * @return the reply: a list of byte arrays
         */
        Object run(byte[] script, List<byte[]> keys, List<byte[]> arguments);
    }

    /**
     * A store with {@link #DEFAULT_PREFIX}.
     *
     * @param eval the client's; thread-safe. The client remains the caller's
     */
    public RedisStore(Eval eval) {
        this(eval, DEFAULT_PREFIX);
    }

    /**
     * A store.
     *
     * @param eval the client's; thread-safe. The client remains the caller's
     * @param prefix in front of every key
     */
    public RedisStore(Eval eval, String prefix) {
        this.eval = Objects.requireNonNull(eval, "eval");
        this.prefix = Objects.requireNonNull(prefix, "prefix");
    }

    @Override
    public Claim claim(Wish wish) {
        List<?> reply = run(
                CLAIM,
                wish.id(),
                bytes(wish.fingerprint()),
                millis(wish.lease()),
                millis(wish.expiry()),
                bytes(Integer.toString(wish.maxTakeovers())));
        return switch (text(reply, 0)) {
            case "granted" -> new Claim.Granted(number(reply, 1), (int) number(reply, 2));
            case "other" -> new Claim.OtherRequest();
            default -> Objects.requireNonNull(found(reply));
        };
    }

    @Override
    public @Nullable Claim look(String id) {
        return found(run(LOOK, id));
    }

    private static @Nullable Claim found(List<?> reply) {
        return switch (text(reply, 0)) {
            case "finished" -> new Claim.Finished(StoredResponse.decode(part(reply, 1)));
            case "running" -> new Claim.Running(Duration.ofMillis(number(reply, 1)));
            case "doubt" -> new Claim.InDoubt((int) number(reply, 1));
            default -> null;
        };
    }

    @Override
    public boolean renew(String id, long fence, Duration lease) {
        return text(run(RENEW, id, bytes(Long.toString(fence)), millis(lease)), 0)
                .equals(DONE);
    }

    @Override
    public Finish finish(String id, long fence, StoredResponse answer, Duration expiry) {
        List<?> reply = run(FINISH, id, bytes(Long.toString(fence)), answer.encode(), millis(expiry));
        return switch (text(reply, 0)) {
            case DONE -> Finish.NOW;
            case "before" -> Finish.BEFORE;
            default -> Finish.LOST;
        };
    }

    @Override
    public boolean release(String id, long fence) {
        return text(run(RELEASE, id, bytes(Long.toString(fence))), 0).equals(DONE);
    }

    @Override
    public long purge() {
        return 0;
    }

    @Override
    public void close() {
        // The client is the caller's.
    }

    private List<?> run(byte[] script, String id, byte[]... arguments) {
        Object reply;
        try {
            reply = eval.run(script, List.of(bytes(prefix + id)), List.of(arguments));
        } catch (RuntimeException e) {
            throw new StoreException("Redis cannot be asked for idempotency records", e);
        }
        if (reply instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw new StoreException("Redis must answer a script with a list of byte arrays, the client gave " + reply);
    }

    private static byte[] part(List<?> reply, int index) {
        if (index < reply.size() && reply.get(index) instanceof byte[] bytes) {
            return bytes;
        }
        throw new StoreException("part " + index + " of Redis's reply must be a byte array: use the client's EVAL for"
                + " bytes, not the one for strings; the reply is " + reply);
    }

    private static String text(List<?> reply, int index) {
        return new String(part(reply, index), StandardCharsets.UTF_8);
    }

    private static long number(List<?> reply, int index) {
        return Long.parseLong(text(reply, index));
    }

    private static byte[] millis(Duration time) {
        return bytes(Long.toString(time.toMillis()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] script(String body) {
        return bytes(NOW + body);
    }
}
