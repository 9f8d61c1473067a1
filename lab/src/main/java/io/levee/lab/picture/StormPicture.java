package io.levee.lab.picture;

import io.levee.lab.storm.StormResult;
import io.levee.lab.storm.StormText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import javax.imageio.ImageIO;

/**
 * Draws a storm for a review: the load on the downstream, goodput and time to success, second by second, for each client.
 * The same result gives the same page, byte by byte; how an image's letters look depends on the machine's fonts.
 */
public final class StormPicture {
    private StormPicture() {}

    /**
     * A page, light or dark as its reader's browser is, that needs neither a network nor another file. With scripts
     * switched off it lacks the figures under the pointer, and nothing else.
     *
     * @param result what became of the clients
     * @param command the command line that gives this page again, shown at its foot
     * @return HTML
     */
    public static String html(StormResult result, String command) {
        StormDrawing drawing = new StormDrawing(result);
        SvgCanvas svg = new SvgCanvas();
        drawing.draw(svg);
        String colours = colours();
        return resource("storm.html")
                .replace("/*LIGHT*/", colours.substring(0, colours.indexOf('|')))
                .replace("/*DARK*/", colours.substring(colours.indexOf('|') + 1))
                .replace("<!--WIDTH-->", SvgCanvas.number(StormDrawing.WIDTH))
                .replace("<!--HEIGHT-->", SvgCanvas.number(drawing.height()))
                .replace("/*DATA*/", StormData.of(drawing))
                .replace(
                        "<!--TABLE-->",
                        SvgCanvas.escaped(
                                StormText.of(new StormResult(result.scenario(), result.seed(), drawing.clients))))
                .replace("<!--COMMAND-->", SvgCanvas.escaped(command))
                .replace(
                        "<!--TITLE-->",
                        SvgCanvas.escaped("Storm: " + result.scenario().name()))
                .replace("<!--DRAWING-->", svg.elements());
    }

    /**
     * An image in PNG, on light ground.
     *
     * @param result what became of the clients
     * @param out where it is written to; left open
     * @throws IOException if it cannot be written
     * @throws NoFontsException if this machine has no fonts, without which nothing can be lettered
     */
    public static void png(StormResult result, OutputStream out) throws IOException {
        StormDrawing drawing = new StormDrawing(result);
        ImageCanvas image = ImageCanvas.create(StormDrawing.WIDTH, drawing.height());
        drawing.draw(image);
        if (!ImageIO.write(image.finished(), "png", out)) {
            throw new IOException("this JDK writes no PNG");
        }
    }

    /**
     * Looks whether this machine can letter an image, so that nobody waits for a storm that cannot be drawn.
     *
     * @throws NoFontsException if it has no fonts
     */
    public static void requireFonts() {
        ImageCanvas.create(1, 1);
    }

    private static String colours() {
        StringBuilder light = new StringBuilder();
        StringBuilder dark = new StringBuilder();
        for (Ink ink : Ink.values()) {
            light.append(ink.css()).append(": ").append(ink.light).append("; ");
            dark.append(ink.css()).append(": ").append(ink.dark).append("; ");
        }
        return light + "|" + dark;
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(StormPicture.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
