package vpcflow.ecs;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExportSection;
import com.dylibso.chicory.wasm.types.OpCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Prints the numbers of the module's functions that are called for the lines of a log: singly, after the first of them, and as
 * a chunk. An interpreter
 * runs the module, which sees every call.
 *
 * <p>Usage: HotPath MODULE OPTIONS LOG
 */
public final class HotPath {
    private HotPath() {
    }

    public static void main(String[] arguments) throws IOException {
        BitSet called = new BitSet();
        AtomicReference<Instance> running = new AtomicReference<>();
        Instance instance = Instance.builder(Parser.parse(Path.of(arguments[0])))
            .withUnsafeExecutionListener((instruction, stack) -> {
                if (instruction.opcode() == OpCode.CALL) {
                    called.set((int) instruction.operand(0));
                } else if (instruction.opcode() == OpCode.CALL_INDIRECT && running.get() != null) {
                    int table = (int) instruction.operand(1);
                    called.set(running.get().table(table).ref((int) stack.peek()));
                }
            })
            .build();
        running.set(instance);
        CoreInstance core = new CoreInstance(arguments[1], Clock.systemUTC(), instance);
        byte[] log = Files.readAllBytes(Path.of(arguments[2]));
        boolean isWarm = false;
        for (String line : Files.readAllLines(Path.of(arguments[2]))) {
            core.line(line.getBytes(StandardCharsets.UTF_8));
            if (!isWarm) {
                // The first line compiles what is compiled once.
                called.clear();
                isWarm = true;
            }
        }
        core.push(log, new ByteArrayOutputStream(), error -> { });
        ExportSection exports = instance.module().exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            Export export = exports.getExport(i);
            if (List.of("vpcflow_buffer", "vpcflow_line", "vpcflow_now", "vpcflow_push", "vpcflow_reset").contains(export.name())) {
                called.set(export.index());
            }
        }
        System.out.println(called.stream().mapToObj(Integer::toString).collect(Collectors.joining(" ")));
    }
}
