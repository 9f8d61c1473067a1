package io.levee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyTableTest {
    @ParameterizedTest
    @ValueSource(strings = {"PostgreSQL", "H2", "MySQL", "MariaDB", "Oracle", "Microsoft SQL Server"})
    void theReadmeShowsTheStatementOfEachDatabase(String product) throws Exception {
        assertThat(Files.readString(Path.of("README.md")))
                .contains("```sql\n" + IdempotencyTable.ddl(product, IdempotencyTable.DEFAULT_NAME) + "\n```");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PostgreSQL", "H2", "MySQL"})
    void aSchemaMayStandInFront(String product) {
        assertThat(IdempotencyTable.ddl(product, "shop.once")).startsWith("CREATE TABLE shop.once (");
    }
}
