import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;

/** How long a node lives: until its standard input ends, or a time limit. Its folder ends with it. */
final class Lifetime {
    private final CountDownLatch end = new CountDownLatch(1);

    /** A folder that is removed when this process ends. */
    final Path folder;

    Lifetime(long seconds) throws IOException {
        folder = Files.createTempDirectory("vpcflow-ecs-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
        new Timer("time limit", true).schedule(new TimerTask() {
            @Override
            public void run() {
                end.countDown();
            }
        }, seconds * 1000);
        Thread input = new Thread(this::readToEnd, "standard input");
        input.setDaemon(true);
        input.start();
    }

    /** Tells whoever started this process where the server is, and waits until it is time to stop. */
    void serve(String address, String version) throws InterruptedException {
        System.out.println("{\"url\":\"http://" + address + "\",\"version\":\"" + version + "\"}");
        System.out.flush();
        end.await();
    }

    private void readToEnd() {
        try {
            while (System.in.read() >= 0) {
                // Only its end counts.
            }
        } catch (IOException broken) {
            // As good as its end.
        }
        end.countDown();
    }

    private static void remove(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException error) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException error) {
            System.err.println("cannot remove " + folder + ": " + error);
        }
    }
}
