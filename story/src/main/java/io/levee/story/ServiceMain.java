package io.levee.story;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One process of the play. Says {@code ready PORT} on standard output, takes words on standard input ({@code counts}, and what
 * its role knows), and ends when that ends: no process is left behind when the play is killed.
 */
public final class ServiceMain {
    private ServiceMain() {}

    /**
     * Runs a role.
     *
     * @param args the role, then its options
     * @throws IOException if it cannot listen
     */
    public static void main(String[] args) throws IOException {
        List<String> arguments = Arrays.asList(args);
        Options options = new Options(arguments.subList(1, arguments.size()));
        try (Role role = role(arguments.get(0), options);
                BufferedReader words = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready " + role.port());
            for (String word = words.readLine(); word != null; word = words.readLine()) {
                if (word.equals("counts")) {
                    System.out.println("counts " + role.counts());
                } else {
                    role.told(word);
                    System.out.println("done");
                }
            }
        }
        // gRPC's and the HTTP client's threads are not all daemons.
        System.exit(0);
    }

    private static Role role(String name, Options options) throws IOException {
        return switch (name) {
            case "inventory" -> new Inventory(options);
            case "fulfilment" -> new Fulfilment(options);
            case "payment" -> new Payment(options);
            case "order" -> new Order(options);
            default -> throw new IllegalArgumentException("no role is called '" + name + "'");
        };
    }
}
