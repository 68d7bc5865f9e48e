package vpcflow.plugin;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.cluster.metadata.ProjectId;
import org.elasticsearch.ingest.AbstractProcessor;
import org.elasticsearch.ingest.ConfigurationUtils;
import org.elasticsearch.ingest.IngestDocument;
import org.elasticsearch.ingest.Processor;
import vpcflow.ecs.FlowLogException;
import vpcflow.ecs.FlowLogParser;
import vpcflow.ecs.Line;

/**
 * Reads a field's text as a flow log record and merges its document into the source, as {@code aws_vpcflow} of the npm package's
 * {@code Pipeline} does. It has no memory of other documents, so that it needs a format.
 */
public final class VpcflowProcessor extends AbstractProcessor {
    /** The name of the processor in pipelines. */
    public static final String TYPE = "aws_vpcflow";

    private static final String TIMESTAMP = "@timestamp";

    private final String field;
    private final String targetField;
    private final boolean ignoresMissing;
    private final FlowLogParser parser;

    VpcflowProcessor(
        String tag,
        String description,
        String field,
        String targetField,
        boolean ignoresMissing,
        FlowLogParser parser
    ) {
        super(tag, description);
        this.field = field;
        this.targetField = targetField;
        this.ignoresMissing = ignoresMissing;
        this.parser = parser;
    }

    @Override
    public String getType() {
        return TYPE;
    }

    @Override
    public IngestDocument execute(IngestDocument document) {
        String text = document.getFieldValue(field, String.class, ignoresMissing);
        if (text == null) {
            if (ignoresMissing) {
                return document;
            }
            throw new IllegalArgumentException("field [" + field + "] is null, cannot process it.");
        }
        Line line = parse(text);
        switch (line.kind()) {
            case OMITTED:
                return null;
            case RECORD:
                add(line, document);
                return document;
            default:
                return document;
        }
    }

    private Line parse(String text) {
        try {
            return parser.parse(text);
        } catch (FlowLogException error) {
            // There is one line: its number says nothing.
            String column = error.column().isPresent() ? "column " + error.column().getAsLong() + ": " : "";
            throw new IllegalArgumentException(column + error.problem());
        }
    }

    private void add(Line line, IngestDocument document) {
        Map<String, Object> record = line.document();
        if (targetField == null) {
            Map<String, Object> source = document.getSourceAndMetadata();
            if (!line.hasTime() && source.containsKey(TIMESTAMP)) {
                // The time that the source came with is nearer to the event than the time of parsing.
                record.remove(TIMESTAMP);
            }
            // The option `fields` may be a text, which is not looked into before.
            record.keySet().stream().filter(Factory.METADATA::contains).findFirst().ifPresent(name -> {
                throw new IllegalArgumentException("[" + name + "] is metadata: use the set processor");
            });
            Documents.merge(source, record);
            return;
        }
        Map<String, Object> members = new LinkedHashMap<>();
        if (document.hasField(targetField) && document.getFieldValue(targetField, Object.class) instanceof Map<?, ?> old) {
            old.forEach((key, value) -> members.put(String.valueOf(key), value));
        }
        Documents.merge(members, record);
        document.setFieldValue(targetField, members);
    }

    /** Makes processors of their configuration. */
    static final class Factory implements Processor.Factory {
        /** The parser's options here and in JavaScript. */
        private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("format", "format"),
            Map.entry("schema", "schema"),
            Map.entry("mode", "mode"),
            Map.entry("strict", "strict"),
            Map.entry("preserve_original", "preserveOriginal"),
            Map.entry("tags", "tags"),
            Map.entry("fields", "fields"),
            Map.entry("data_stream", "dataStream"),
            Map.entry("ingested", "ingested"),
            Map.entry("community_id", "communityId"),
            Map.entry("omit_log_status", "omitLogStatus"),
            Map.entry("max_line_bytes", "maxLineBytes"),
            Map.entry("layers", "layers")
        );

        /** The fields of a document that are not in its source. */
        private static final Set<String> METADATA = Set.of(
            "_index", "_id", "_routing", "_version", "_version_type", "_type", "_if_seq_no", "_if_primary_term",
            "_dynamic_templates"
        );

        @Override
        public Processor create(
            Map<String, Processor.Factory> factories,
            String tag,
            String description,
            Map<String, Object> config,
            ProjectId project
        ) {
            String field = ConfigurationUtils.readStringProperty(TYPE, tag, config, "field", "message");
            String target = ConfigurationUtils.readOptionalStringProperty(TYPE, tag, config, "target_field");
            boolean ignoresMissing = ConfigurationUtils.readBooleanProperty(TYPE, tag, config, "ignore_missing", false);
            Map<String, Object> options = new HashMap<>();
            OPTIONS.forEach((name, option) -> {
                if (config.containsKey(name)) {
                    options.put(option, config.remove(name));
                }
            });
            if (options.get("format") == null) {
                throw ConfigurationUtils.newConfigurationException(TYPE, tag, "format", "required property is missing");
            }
            String targetField = target == null || target.isEmpty() ? null : target;
            if (targetField == null && options.get("fields") instanceof Map<?, ?> fields) {
                fields.keySet().stream().filter(METADATA::contains).findFirst().ifPresent(name -> {
                    String reason = "[" + name + "] is metadata: use the set processor";
                    throw ConfigurationUtils.newConfigurationException(TYPE, tag, "fields", reason);
                });
            }
            return new VpcflowProcessor(tag, description, field, targetField, ignoresMissing, parser(tag, options));
        }

        private static FlowLogParser parser(String tag, Map<String, Object> options) {
            try {
                return FlowLogParser.of(options);
            } catch (FlowLogException error) {
                // The message names the option, or a member of it, unless it is about the format.
                String reason = error.getMessage();
                String property = "invalid_option".equals(error.code()) ? null : "format";
                for (Map.Entry<String, String> option : OPTIONS.entrySet()) {
                    String named = "option \"" + option.getValue();
                    if (reason.startsWith(named + "\": ") || reason.startsWith(named + ".")) {
                        property = option.getKey();
                        reason = reason.startsWith(named + "\": ") ? reason.substring(named.length() + 3) : reason;
                        break;
                    }
                }
                throw ConfigurationUtils.newConfigurationException(TYPE, tag, property, reason);
            }
        }
    }
}
