package io.levee.http.contract;

import io.levee.servers.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** An nginx of the system's, started for one test, that gives idle connections up after 2 s. */
final class Nginx implements AutoCloseable {
    private final Program program;
    private final int port;

    private Nginx(Program program, int port) {
        this.program = program;
        this.port = port;
    }

    static Nginx start() throws IOException {
        int port = Program.freePort();
        Program program = Program.of("nginx", "nginx-light").file("nginx.conf", configuration(port));
        program.start(port, "-p", program.folder().toString(), "-c", "nginx.conf", "-e", "error.log");
        return new Nginx(program, port);
    }

    private static String configuration(int port) {
        String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
        return user + """
                daemon off;
                master_process on;
                worker_processes 1;
                pid nginx.pid;
                events { worker_connections 4096; }
                http {
                    log_format ids '$http_x_id';
                    access_log access.log ids;
                    error_log error.log;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    keepalive_timeout 2s;
                    keepalive_requests 100000;
                    lingering_close off;
                    server {
                        listen 127.0.0.1:PORT backlog=2048;
                        location / { return 200 'ok'; }
                    }
                }
                """.replace("PORT", Integer.toString(port));
    }

    String uri() {
        return "http://127.0.0.1:" + port + "/";
    }

    /** The ids of the requests that it has answered; stops it, since it writes its log when a request has ended. */
    List<String> ids() throws IOException {
        program.stop();
        return Files.readAllLines(program.folder().resolve("access.log")).stream()
                .filter(id -> !id.equals("-"))
                .toList();
    }

    @Override
    public void close() {
        program.close();
    }
}
