package io.levee.lab.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levee.lab.storm.ScenarioFile;
import io.levee.lab.storm.Storm;
import io.levee.lab.storm.StormClient;
import io.levee.lab.storm.StormResult;
import io.levee.lab.storm.peers.Peer;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The picture of a storm: what it shows, that it needs nothing else, and that Chromium draws it. */
class StormPictureTest {
    private static final StormResult DOWN = storm("down & <out>", "down");

    @TempDir
    private Path folder;

    private static StormResult storm(String name, String kind) {
        String yaml = "version: 1\nname: '" + name + "'\nabout: \"a 'storm' for <tests>\"\nlength: 30s\n"
                + "load: {perSecond: 200}\nservices: [{name: s, workers: 24, queue: 100, time: {lognormal: 20ms}}]\n"
                + "faults: [{kind: " + kind + ", from: 10s, to: 20s}]\nmeasure: {from: 10s, to: 20s}\n";
        return Storm.run(
                ScenarioFile.parse("s.yaml", yaml, Path.of(".")),
                List.of(StormClient.of(Peer.NAIVE), StormClient.levee()),
                1,
                share -> {});
    }

    private static String page() {
        return StormPicture.html(DOWN, "./levee storm --scenario 'a&b'");
    }

    @Test
    void thePageIsTheSameEachTimeAndNeedsNothingElse() {
        String page = page();
        assertThat(StormPicture.html(storm("down & <out>", "down"), "./levee storm --scenario 'a&b'"))
                .isEqualTo(page);
        // The namespace of SVG in the script is a name and no address that is asked for anything.
        assertThat(page.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "src=", "href=", "url(", "@import");
        assertThat(page).doesNotContain("/*DATA*/", "<!--", "<out>", "<tests>");
        assertThat(page).contains("down &amp; &lt;out&gt;", "prefers-color-scheme: dark", "200");
    }

    @Test
    void theDrawingIsWellFormedAndHasARowForEachClientOursFirst() throws Exception {
        String page = page();
        String svg = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
        var rows = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("g");
        assertThat(rows.item(0).getAttributes().getNamedItem("data-label").getNodeValue())
                .isEqualTo("levee");
        assertThat(rows.item(1).getAttributes().getNamedItem("data-label").getNodeValue())
                .isEqualTo("naive");
        // Each row: loads, their line, goodput, its line, calls, two times; and marks on three axes.
        assertThat(svg.split("<path", -1).length).isGreaterThan(2 * 7);
    }

    @Test
    void theImageShowsTheRetriesOfTheNaiveClient() throws IOException {
        assumeTrue(hasFonts(), "SKIPPED: no fonts (Debian packages fontconfig, fonts-dejavu-core)");
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        StormPicture.png(DOWN, png);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
        StormDrawing drawing = new StormDrawing(DOWN);
        assertThat(image.getWidth()).isEqualTo((int) (2 * StormDrawing.WIDTH));
        assertThat(image.getHeight()).isEqualTo((int) Math.ceil(2 * drawing.height()));
        int ours = reddish(image, 0);
        int naive = reddish(image, 1);
        // Down for a third of the time, three attempts instead of one: a block of a third of the panel's width.
        assertThat(naive).isGreaterThan(8_000).isGreaterThan(4 * ours);
    }

    /** Points of the load panel of a row that are nearer to the colour of retries than to any grey. */
    private static int reddish(BufferedImage image, int row) {
        int count = 0;
        int top = (int) (2 * (StormDrawing.TOP + row * StormDrawing.ROW));
        for (int y = top; y < top + 2 * StormDrawing.ROW; y++) {
            for (int x = (int) (2 * StormDrawing.PANELS[0]);
                    x < 2 * (StormDrawing.PANELS[0] + StormDrawing.PANEL_WIDTH);
                    x++) {
                Color colour = new Color(image.getRGB(x, y));
                if (colour.getRed() - colour.getGreen() > 60 && colour.getRed() - colour.getBlue() > 50) {
                    count++;
                }
            }
        }
        return count;
    }

    private static boolean hasFonts() {
        try {
            StormPicture.requireFonts();
            return true;
        } catch (NoFontsException none) {
            return false;
        }
    }

    // --- a browser ---------------------------------------------------------------------------------------------------

    @Test
    void chromiumDrawsItAndShowsTheFiguresUnderThePointer() throws Exception {
        Path chromium = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(each -> Path.of(each, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(chromium != null, "SKIPPED: chromium is not installed (Debian package chromium)");
        // A pointer in the middle of the first panel of the second row, in the middle of the fault.
        String pointer = """
                <script>
                const all = svg.getBoundingClientRect(), unit = all.width / svg.viewBox.baseVal.width;
                svg.dispatchEvent(new PointerEvent("pointermove", {
                  clientX: all.left + (data.panels[0] + data.width / 2) * unit,
                  clientY: all.top + (data.top + data.row * 1.5) * unit}));
                document.title = getComputedStyle(document.body).backgroundColor;
                </script></body>""";
        Path page = Files.writeString(folder.resolve("storm.html"), page().replace("</body>", pointer));
        String shown = dom(chromium, page);
        assertThat(shown).contains("naive, second 15", "calls 2", "succeed 0/s", "median -, 99 % -");
        assertThat(shown).containsPattern("attempts [56]\\d\\d/s").contains("visibility=\"visible\"");
        assertThat(shown).contains("<title>rgb(255, 255, 255)</title>");
        assertThat(dom(chromium, page, "--blink-settings=preferredColorScheme=0"))
                .contains("<title>rgb(15, 20, 25)</title>");
    }

    private String dom(Path chromium, Path page, String... more) throws Exception {
        List<String> command = Stream.concat(
                        Stream.of(
                                chromium.toString(),
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--no-first-run",
                                "--window-size=1300,900",
                                "--user-data-dir=" + folder.resolve("profile" + more.length),
                                "--dump-dom"),
                        Stream.concat(
                                Arrays.stream(more), Stream.of(page.toUri().toString())))
                .toList();
        Path out = folder.resolve("dom" + more.length);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(out);
    }

    // --- axes --------------------------------------------------------------------------------------------------------

    @Test
    void axesAreMarkedAtRoundNumbers() {
        for (Map.Entry<Double, List<Double>> each : Map.of(
                        1_050.0, List.of(0.0, 500.0, 1000.0),
                        4_100.0, List.of(0.0, 2000.0, 4000.0),
                        28_000.0, List.of(0.0, 10_000.0, 20_000.0),
                        0.7, List.of(0.0, 0.2, 0.4, 0.6))
                .entrySet()) {
            assertThat(Axis.linear(each.getKey(), 0, 1).marks(2))
                    .as("%s", each.getKey())
                    .hasSameSizeAs(each.getValue())
                    .allSatisfy(mark -> assertThat(each.getValue()).anyMatch(value -> Math.abs(value - mark) < 1e-9));
        }
        assertThat(Axis.logarithmic(1, 3900, 68, 0).marks(2)).hasSize(2);
        assertThat(Axis.logarithmic(1, 10, 0, 100).at(0.001)).isZero();
        assertThat(Axis.linear(10, 100, 0).at(Double.NaN)).isNaN();
        assertThat(Axis.timeStep(240, 5)).isEqualTo(60);
        assertThat(Axis.seconds(60)).isEqualTo("1 min");
    }
}
