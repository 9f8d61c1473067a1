package io.levee.fleet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script in Redis 5 or newer (or Valkey): the {@code EVAL} of the client library at hand, of whatever make.
 *
 * <pre>{@code
 * RedisScript redis = jedis::eval;                                                       // Jedis' RedisClient
 * RedisScript redis = (script, keys, args) -> commands.eval(                             // Lettuce' RedisCommands
 *         script, ScriptOutputType.VALUE, keys.toArray(String[]::new), args.toArray(String[]::new));
 * }</pre>
 *
 * <p>Called on the fleet's own thread only, one call at a time; it may block, and throw when Redis cannot be reached. Give the
 * client a timeout of its own, a second or so: while it waits for a Redis that does not answer, shares are not renewed.
 */
@FunctionalInterface
public interface RedisScript {
    /**
     * Runs the script.
     *
     * @param script in Lua
     * @param keys the keys it touches; one
     * @param args its arguments
     * @return the string that the script returned, as a String or as bytes
     * @throws Exception if Redis did not answer
     */
    @Nullable
    Object eval(String script, List<String> keys, List<String> args) throws Exception;
}
