package io.levee.jdbc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The databases whose error codes are known; every other one is judged by the standard's SQLStates. */
enum Product {
    /** SQLStates of the SQL standard, JDBC and ODBC, which hold for every database. */
    ANY("", ""),
    POSTGRESQL("postgresql", "PostgreSQL"),
    /** MariaDB included: where the two differ, they differ in the numbers that they use. */
    MYSQL("mysql", "MySQL"),
    H2("h2", "H2"),
    ORACLE("oracle", "Oracle"),
    SQL_SERVER("microsoft sql server", "SQL Server");

    private final String name;
    private final String title;

    Product(String name, String title) {
        this.name = name;
        this.title = title;
    }

    /** The product of a name as {@link java.sql.DatabaseMetaData#getDatabaseProductName()} gives it. */
    static Product of(@Nullable String productName) {
        String given = productName == null ? "" : productName.strip().toLowerCase(Locale.ROOT);
        if (given.equals("mariadb")) {
            return MYSQL;
        }
        for (Product product : values()) {
            if (product != ANY && given.equals(product.name)) {
                return product;
            }
        }
        return ANY;
    }

    String title() {
        return title;
    }
}
