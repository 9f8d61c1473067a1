package io.levee.story;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of inventory, in protobuf's wire format: field 1 the article, 2 how many, 3 the warehouse, if the customer
 * chose one. In release 2026.11.3 somebody made field 3 a number, where it was a text: the break of contract that no
 * compiler and no test of either side sees.
 */
record Reservation(String sku, int quantity, @Nullable String warehouse) {
    private static final int SKU = 1;
    private static final int QUANTITY = 2;
    private static final int WAREHOUSE = 3;

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeString(SKU, sku);
            out.writeInt32(QUANTITY, quantity);
            if (warehouse != null) {
                out.writeString(WAREHOUSE, warehouse);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads one.
     *
     * @param warehouseIsNumber as release 2026.11.3 has it
     * @throws InvalidProtocolBufferException if it is none by that contract
     */
    static Reservation read(byte[] message, boolean warehouseIsNumber) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        String sku = "";
        int quantity = 0;
        String warehouse = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case SKU -> sku = in.readString();
                case QUANTITY -> quantity = in.readInt32();
                case WAREHOUSE -> {
                    int expected =
                            warehouseIsNumber ? WireFormat.WIRETYPE_VARINT : WireFormat.WIRETYPE_LENGTH_DELIMITED;
                    if (WireFormat.getTagWireType(tag) != expected) {
                        throw new InvalidProtocolBufferException(Story.BROKEN_FIELD);
                    }
                    warehouse = warehouseIsNumber ? Integer.toString(in.readInt32()) : in.readString();
                }
                default -> in.skipField(tag);
            }
        }
        return new Reservation(sku, quantity, warehouse);
    }
}
