import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs the main method of another program, which ends when standard input ends or after some seconds.
 *
 * <p>Usage: TestProgram SECONDS CLASS [ARGUMENTS]. Prints a line of JSON before it starts the program.
 */
public final class TestProgram {
    private TestProgram() {
    }

    public static void main(String[] arguments) throws Exception {
        Lifetime lifetime = new Lifetime(Long.parseLong(arguments[0]));
        Class<?> program = Class.forName(arguments[1]);
        Object rest = Arrays.copyOfRange(arguments, 2, arguments.length);
        Thread thread = new Thread(() -> {
            try {
                program.getMethod("main", String[].class).invoke(null, rest);
            } catch (IllegalAccessException | InvocationTargetException | NoSuchMethodException error) {
                error.printStackTrace();
                System.exit(1);
            }
        });
        thread.start();
        lifetime.serve("", "");
        // Not the way out that programs prepare for: nothing of them is to be kept.
        System.exit(0);
    }
}
