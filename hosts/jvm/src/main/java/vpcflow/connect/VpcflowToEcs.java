package vpcflow.connect;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;
import vpcflow.ecs.FlowLogException;
import vpcflow.ecs.FlowLogParser;
import vpcflow.ecs.Line;

/**
 * A transform of Kafka Connect: the value of a record, which is a line of a flow log as text or bytes, becomes a document of the
 * Elastic Common Schema.
 *
 * <p>Headers, blank lines and records that are left out are dropped. A line that is not a record is a {@link DataException} with
 * its position: {@code errors.tolerance} decides what follows. Values of null stay.
 *
 * @param <R> the kind of records
 */
public final class VpcflowToEcs<R extends ConnectRecord<R>> implements Transformation<R> {
    private static final String FORMAT = "format";
    private static final String OPTIONS = "options";
    private static final String OUTPUT = "output";

    private static final ConfigDef CONFIG = new ConfigDef()
        .define(FORMAT, ConfigDef.Type.STRING, null, ConfigDef.Importance.HIGH,
            "The format of the lines, or the name of a preset. Without it, a line is read by the preset that it fits.")
        .define(OPTIONS, ConfigDef.Type.STRING, "{}", ConfigDef.Importance.MEDIUM,
            "The options of the parser, as the text of a JSON object.")
        .define(OUTPUT, ConfigDef.Type.STRING, "map", ConfigDef.ValidString.in("map", "text"), ConfigDef.Importance.MEDIUM,
            "map: a map without a schema; text: JSON text.");

    private FlowLogParser parser;
    private boolean isText;

    @Override
    public void configure(Map<String, ?> settings) {
        Map<String, Object> values = CONFIG.parse(settings);
        String options = (String) values.get(OPTIONS);
        String format = (String) values.get(FORMAT);
        isText = "text".equals(values.get(OUTPUT));
        try {
            parser = format == null ? FlowLogParser.ofJson(options) : FlowLogParser.ofJson(options, format);
        } catch (FlowLogException error) {
            throw new ConfigException(error.getMessage());
        }
    }

    @Override
    public R apply(R record) {
        byte[] line = bytes(record.value());
        if (line == null) {
            return record;
        }
        try {
            if (isText) {
                byte[] json = parser.parseToJson(line);
                return json == null ? null : with(record, Schema.STRING_SCHEMA, new String(json, StandardCharsets.UTF_8));
            }
            Line read = parser.parse(line);
            return read.document() == null ? null : with(record, null, read.document());
        } catch (FlowLogException error) {
            // There is one line: its number says nothing.
            String column = error.column().isPresent() ? "column " + error.column().getAsLong() + ": " : "";
            throw new DataException(column + error.problem(), error);
        }
    }

    private static byte[] bytes(Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        throw new DataException("expected a text or bytes as value, found " + value.getClass().getName());
    }

    private R with(R record, Schema schema, Object value) {
        return record.newRecord(
            record.topic(), record.kafkaPartition(), record.keySchema(), record.key(), schema, value, record.timestamp()
        );
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void close() {
        if (parser != null) {
            parser.close();
        }
    }
}
