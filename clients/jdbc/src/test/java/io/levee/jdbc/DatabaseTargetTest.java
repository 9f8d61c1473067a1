package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.levee.CallTarget;
import io.levee.CallView;
import io.levee.Levee;
import io.levee.TelemetrySink;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What telemetry is told of where a transaction goes. */
class DatabaseTargetTest {
    /** Asks as telemetry does: when an attempt starts, and when it has ended. */
    private static final class Asker implements TelemetrySink {
        final List<String> started = new ArrayList<>();
        final List<String> ended = new ArrayList<>();

        @Override
        public Object callStarted(CallView call) {
            return this;
        }

        @Override
        public void attemptStarted(CallView call, Object state) {
            started.add(shown(call.call().target()));
        }

        @Override
        public void attemptEnded(CallView call, Object state) {
            ended.add(shown(call.call().target()));
        }

        private static String shown(CallTarget to) {
            return String.join(
                    " ",
                    to.protocol(),
                    to.method(),
                    String.valueOf(to.system()),
                    String.valueOf(to.address()),
                    String.valueOf(to.port()),
                    String.valueOf(to.namespace()),
                    String.valueOf(to.url()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void realDatabasesAreNamedFromTheFirstConnectionOn(Db db) throws Exception {
        db.orSkip();
        Asker asker = new Asker();
        LeveeJdbc jdbc = LeveeJdbc.on(
                db.dataSource(), Levee.named("db").telemetry(levee -> asker).build());
        for (int i = 0; i < 2; i++) {
            jdbc.transaction(connection -> Db.number(connection, "SELECT 1"));
        }
        String name = switch (db) {
            case POSTGRESQL -> "postgresql 127.0.0.1 " + db.port() + " postgres";
            case MARIADB -> "mariadb 127.0.0.1 " + db.port() + " test";
            case H2 -> "h2database null -1 SHARED";
        };
        assertThat(asker.started)
                .containsExactly("db transaction null null -1 null null", "db transaction " + name + " null");
        assertThat(asker.ended).containsOnly("db transaction " + name + " null").hasSize(2);
    }

    @Test
    void aDatabaseThatCannotBeReachedHasNoName() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setServerNames(new String[] {"127.0.0.1"});
        nowhere.setPortNumbers(new int[] {1});
        Asker asker = new Asker();
        LeveeJdbc jdbc = LeveeJdbc.on(
                nowhere,
                Levee.named("db")
                        .retry(io.levee.RetryPolicy.never())
                        .telemetry(levee -> asker)
                        .build());
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> jdbc.transaction(connection -> 1)))
                .isInstanceOf(SQLException.class);
        assertThat(asker.ended).containsExactly("db transaction null null -1 null null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "jdbc:postgresql://db.example:5433/shop?user=bob&password=x//y | db.example | 5433",
                "jdbc:postgresql://[2001:db8::1]:5432/shop                    | 2001:db8::1 | 5432",
                "jdbc:postgresql://db.example/shop                            | db.example | -1",
                "jdbc:postgresql://one:5432,two:5432/shop                     | -          | -1",
                "jdbc:postgresql:shop                                         | -          | -1",
                "jdbc:mysql://bob:pa55@db.example:3306/shop                   | db.example | 3306",
                "jdbc:sqlserver://db.example\\inst;user=sa;password=pa55       | db.example | -1",
                "jdbc:oracle:thin:scott/ti//ger@//db.example:1521/shop        | db.example | 1521",
                "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=db)))          | -          | -1",
                "-                                                            | -          | -1",
            })
    void theServerIsReadFromTheUrlWithoutCredentials(String url, String address, int port) {
        DatabaseMetaData metaData = proxy(DatabaseMetaData.class, "getURL", url);
        DatabaseName name = DatabaseName.of(proxy(Connection.class, "getMetaData", metaData), "Acme DB");
        assertThat(name).isEqualTo(new DatabaseName("other_sql", address, port, null));
    }

    /** Answers one method with a value and every other one with null. */
    private static <T> T proxy(Class<T> type, String method, Object value) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, called, arguments) -> called.getName().equals(method) ? value : null));
    }
}
