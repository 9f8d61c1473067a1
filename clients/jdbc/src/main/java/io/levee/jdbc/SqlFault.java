package io.levee.jdbc;

import io.levee.ErrorKind;

/**
 * What one error code says.
 *
 * @param product whose code it is
 * @param code five characters of an SQLState, two of a class of them, or a vendor's number
 * @param kind what it is to the engine
 * @param rolledBack whether it is proof that the transaction was rolled back even where it is the answer to a COMMIT
 * @param name the code's name in its manual
 * @param source where that is written
 */
record SqlFault(Product product, String code, ErrorKind kind, boolean rolledBack, String name, String source) {
    /** For decision records and {@code levee explain}. */
    String text() {
        String prefix = product == Product.ANY ? "" : product.title() + ' ';
        return prefix + code + " (" + name + ')';
    }
}
