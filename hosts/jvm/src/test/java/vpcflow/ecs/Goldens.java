package vpcflow.ecs;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers questions of a test: each line of standard input is an object with {@code options}, and {@code lines} or an
 * {@code input}; the options may be a text, with a {@code format} beside it. Each line of standard output is an object with what they gave.
 */
public final class Goldens {
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);

    private Goldens() {
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            answers.println(Json.write(answer(new Json().readObject(question.getBytes(StandardCharsets.UTF_8)))));
        }
    }

    private static Map<String, Object> answer(Map<String, Object> question) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try (FlowLogParser parser = parser(question).withClock(NOW)) {
            if (question.get("lines") instanceof List<?> lines) {
                answer.put("lines", lines.stream().map(line -> answerOf(parser, (String) line)).toList());
            } else {
                answer.putAll(whole(parser, ((String) question.get("input")).getBytes(StandardCharsets.UTF_8)));
            }
        } catch (FlowLogException error) {
            answer.put("error", members(error));
        }
        return answer;
    }

    private static FlowLogParser parser(Map<String, Object> question) {
        if (question.get("options") instanceof String text) {
            return FlowLogParser.ofJson(text, (String) question.get("format"));
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> options = (Map<String, Object>) question.get("options");
        return FlowLogParser.of(options);
    }

    private static Map<String, Object> answerOf(FlowLogParser parser, String text) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            Line line = parser.parse(text);
            answer.put("kind", line.kind().name());
            answer.put("document", line.document());
            answer.put("hasTime", line.hasTime());
            byte[] json = parser.parseToJson(text.getBytes(StandardCharsets.UTF_8));
            answer.put("json", json == null ? null : new String(json, StandardCharsets.UTF_8));
        } catch (FlowLogException error) {
            answer.put("error", members(error));
        }
        return answer;
    }

    private static Map<String, Object> whole(FlowLogParser parser, byte[] input) {
        Map<String, Object> answer = new LinkedHashMap<>();
        List<Object> errors = new ArrayList<>();
        ByteArrayOutputStream documents = new ByteArrayOutputStream();
        FlowLogInput open = parser.open();
        try {
            documents.writeBytes(open.push(input, error -> errors.add(members(error))));
            documents.writeBytes(open.end(error -> errors.add(members(error))));
        } catch (FlowLogException error) {
            documents.writeBytes(error.documents());
            answer.put("error", members(error));
        }
        answer.put("documents", documents.toString(StandardCharsets.UTF_8));
        answer.put("errors", errors);
        return answer;
    }

    private static Map<String, Object> members(FlowLogException error) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("code", error.code());
        members.put("message", error.getMessage());
        members.put("problem", error.problem());
        members.put("lineNumber", error.lineNumber().isPresent() ? error.lineNumber().getAsLong() : null);
        members.put("column", error.column().isPresent() ? error.column().getAsLong() : null);
        members.put("offset", error.offset().isPresent() ? error.offset().getAsLong() : null);
        members.put("field", error.field().orElse(null));
        members.put("expected", error.expected().orElse(null));
        members.put("found", error.found().orElse(null));
        members.put("format", error.format().orElse(null));
        members.put("input", error.input().orElse(null));
        return members;
    }
}
