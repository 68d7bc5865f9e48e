package vpcflow.plugin;

import java.util.Map;
import org.elasticsearch.ingest.Processor;
import org.elasticsearch.plugins.IngestPlugin;
import org.elasticsearch.plugins.Plugin;

/** Adds the processor {@code aws_vpcflow} to ingest pipelines. */
public final class VpcflowPlugin extends Plugin implements IngestPlugin {
    @Override
    public Map<String, Processor.Factory> getProcessors(Processor.Parameters parameters) {
        return Map.of(VpcflowProcessor.TYPE, new VpcflowProcessor.Factory());
    }
}
