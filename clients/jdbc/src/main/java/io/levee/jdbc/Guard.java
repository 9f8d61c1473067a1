package io.levee.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection as a transaction's body sees it, and its statements: everything passes, except what is Levee's to do
 * (commit, rollback, close, the settings), and everything once the attempt has ended. Proxies, so that each JDK's and each
 * driver's version of the interfaces is served.
 */
final class Guard {
    private final Connection raw;
    private final Watchdog watchdog;
    private final boolean queryTimeouts;
    private final BeforeStatement beforeStatement;
    private final Connection connection;
    private volatile boolean ended;

    /**
     * A guard round a connection.
     *
     * @param queryTimeouts whether each statement gets a timeout of its own, cut to what is left of the attempt
     * @param beforeStatement done before each statement
     */
    Guard(Connection raw, Watchdog watchdog, boolean queryTimeouts, BeforeStatement beforeStatement) {
        this.raw = raw;
        this.watchdog = watchdog;
        this.queryTimeouts = queryTimeouts;
        this.beforeStatement = beforeStatement;
        connection = proxy(Connection.class, new ConnectionHandler());
    }

    /** What is done before each statement. */
    interface BeforeStatement {
        void run() throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    /** The attempt has ended: whoever kept the connection or one of its statements can do nothing with it. */
    void end() {
        ended = true;
    }

    private static <I> I proxy(Class<I> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object afterTheEnd(Method method) throws SQLException {
        return switch (method.getName()) {
            case "isClosed" -> true;
            case "isValid" -> false;
            case "close" -> null;
            default ->
                throw new SQLException(
                        method.getName() + ": the attempt that this connection was lent to has ended; it belongs to the"
                                + " data source again. Keep no connection or statement longer than the transaction's body",
                        SqlState.WRONG_TIME);
        };
    }

    private static SQLException levees(String what) {
        return new SQLException(
                what + " is Levee's: it commits when the transaction's body returns, rolls back when it throws, and"
                        + " closes the connection in both cases. Set isolation and read-only on the Transaction",
                SqlState.INVALID_TERMINATION);
    }

    private abstract class Handler implements InvocationHandler {
        abstract Object target();

        /** Answers a call, or {@link #pass}es it on. */
        abstract @Nullable Object handle(Object proxy, Method method, @Nullable Object[] args) throws Throwable;

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
                throws Throwable {
            @Nullable Object[] given = args == null ? new Object[0] : args;
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> proxy == given[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "in a Levee transaction: " + target();
                };
            }
            if (ended) {
                return afterTheEnd(method);
            }
            if (method.getDeclaringClass() == Wrapper.class) {
                Class<?> wanted = (Class<?>) given[0];
                if (wanted != null && wanted.isInstance(proxy)) {
                    return method.getName().equals("unwrap") ? proxy : (Object) true;
                }
            }
            return handle(proxy, method, given);
        }

        @Nullable
        Object pass(Method method, @Nullable Object[] args) throws Throwable {
            try {
                return method.invoke(target(), args);
            } catch (InvocationTargetException thrown) {
                throw thrown.getTargetException();
            }
        }
    }

    private final class ConnectionHandler extends Handler {
        @Override
        Object target() {
            return raw;
        }

        @Override
        @Nullable
        Object handle(Object proxy, Method method, @Nullable Object[] args) throws Throwable {
            String name = method.getName();
            boolean refused = switch (name) {
                case "commit", "close", "abort", "setTransactionIsolation", "setReadOnly", "setNetworkTimeout" -> true;
                // To a savepoint is the body's own business.
                case "rollback" -> args.length == 0;
                case "setAutoCommit" -> Boolean.TRUE.equals(args[0]);
                default -> false;
            };
            if (refused) {
                throw levees(name);
            }
            if (name.equals("setAutoCommit")) {
                return null;
            }
            Object answer = pass(method, args);
            return answer instanceof Statement statement ? guarded(statement) : answer;
        }

        private Object guarded(Statement statement) {
            StatementHandler handler = new StatementHandler(statement);
            if (statement instanceof CallableStatement) {
                return proxy(CallableStatement.class, handler);
            }
            return statement instanceof PreparedStatement
                    ? proxy(PreparedStatement.class, handler)
                    : proxy(Statement.class, handler);
        }
    }

    private final class StatementHandler extends Handler {
        private final Statement statement;
        private int ownTimeoutSeconds;

        StatementHandler(Statement statement) {
            this.statement = statement;
        }

        @Override
        Object target() {
            return statement;
        }

        @Override
        @Nullable
        Object handle(Object proxy, Method method, @Nullable Object[] args) throws Throwable {
            String name = method.getName();
            if (name.startsWith("execute")) {
                watchdog.begin(statement);
                beforeStatement.run();
                cutTimeout();
            } else if (name.equals("getConnection")) {
                return connection;
            } else if (name.equals("setQueryTimeout") && args[0] instanceof Integer seconds) {
                ownTimeoutSeconds = seconds;
            }
            return pass(method, args);
        }

        private void cutTimeout() throws SQLException {
            long left = watchdog.remainingNanos();
            if (!queryTimeouts || left == Long.MAX_VALUE) {
                return;
            }
            // Whole seconds, rounded up: never shorter than what is left, and the watchdog's is the exact one.
            long seconds = Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toSeconds(left) + 1);
            if (ownTimeoutSeconds == 0 || seconds < ownTimeoutSeconds) {
                statement.setQueryTimeout((int) seconds);
            }
        }
    }
}
