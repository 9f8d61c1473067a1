package io.levee.lab.picture;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/** Draws as an image, on light ground, two image points to a pixel so that it is sharp on any screen. */
final class ImageCanvas implements Canvas {
    private static final int SCALE = 2;

    private final BufferedImage image;
    private final Graphics2D graphics;

    private ImageCanvas(double width, double height) {
        image = new BufferedImage(
                (int) Math.ceil(width * SCALE), (int) Math.ceil(height * SCALE), BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.scale(SCALE, SCALE);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /**
     * A new canvas. Letters are drawn on a small one first: without fonts a JDK throws errors of several kinds at the first
     * letter, or draws nothing.
     *
     * @throws NoFontsException if there are no fonts
     */
    static ImageCanvas create(double width, double height) {
        try {
            ImageCanvas trial = new ImageCanvas(60, 20);
            trial.text(2, 16, "levee", Ink.GROUND, new Lettering(12, true), Anchor.START);
            if (IntStream.range(0, trial.image.getWidth()).noneMatch(trial::hasInkAt)) {
                throw new NoFontsException(null);
            }
            return new ImageCanvas(width, height);
        } catch (LinkageError | InternalError | RuntimeException noFonts) {
            throw noFonts instanceof NoFontsException known ? known : new NoFontsException(noFonts);
        }
    }

    private boolean hasInkAt(int x) {
        return IntStream.range(0, image.getHeight()).anyMatch(y -> (image.getRGB(x, y) & 0xFFFFFF) != 0);
    }

    BufferedImage finished() {
        graphics.dispose();
        return image;
    }

    private static Font font(Lettering type) {
        return new Font(Font.SANS_SERIF, type.bold() ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) type.size());
    }

    private void paint(Ink ink, double opacity) {
        graphics.setColor(Color.decode(ink.light));
        graphics.setComposite(AlphaComposite.SrcOver.derive((float) opacity));
    }

    @Override
    public void rectangle(double x, double y, double width, double height, Ink ink, double opacity) {
        paint(ink, opacity);
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void line(double[] xs, double[] ys, Stroke stroke) {
        Path2D path = new Path2D.Double();
        boolean drawing = false;
        for (int i = 0; i < xs.length; i++) {
            if (Double.isNaN(ys[i])) {
                drawing = false;
            } else if (drawing) {
                path.lineTo(xs[i], ys[i]);
            } else {
                path.moveTo(xs[i], ys[i]);
                drawing = true;
            }
        }
        paint(stroke.ink(), 1);
        float[] dash = stroke.dashed() ? new float[] {4, 3} : null;
        graphics.setStroke(
                new BasicStroke((float) stroke.width(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0));
        graphics.draw(path);
    }

    @Override
    public void area(double[] xs, double[] tops, double[] bottoms, Ink ink, double opacity) {
        if (xs.length == 0) {
            return;
        }
        Path2D path = new Path2D.Double();
        path.moveTo(xs[0], tops[0]);
        for (int i = 1; i < xs.length; i++) {
            path.lineTo(xs[i], tops[i]);
        }
        for (int i = xs.length - 1; i >= 0; i--) {
            path.lineTo(xs[i], bottoms[i]);
        }
        path.closePath();
        paint(ink, opacity);
        graphics.fill(path);
    }

    @Override
    public void text(double x, double y, String text, Ink ink, Lettering type, Anchor anchor) {
        paint(ink, 1);
        Font font = font(type);
        graphics.setFont(font);
        double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
        double left = anchor == Anchor.START ? x : anchor == Anchor.END ? x - width : x - width / 2;
        graphics.drawString(text, (float) left, (float) y);
    }
}
