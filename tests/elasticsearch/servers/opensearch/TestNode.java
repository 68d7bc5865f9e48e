import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.opensearch.Version;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.network.NetworkAddress;
import org.opensearch.common.settings.Settings;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.ingest.common.IngestCommonPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.script.mustache.MustachePlugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * An OpenSearch node on a free port of the loopback interface, for tests.
 *
 * Usage: TestNode SECONDS. Prints one line of JSON with its URL and version when it is ready. Ends, and removes its
 * data, when its standard input ends or after that many seconds, whichever comes first. The system property `plugin` names the
 * class of one more plug-in.
 */
public final class TestNode extends Node {
    private static final List<Class<? extends Plugin>> MODULES = List.of(
        CommonAnalysisPlugin.class,
        IngestCommonPlugin.class,
        MapperExtrasPlugin.class,
        MustachePlugin.class,
        Netty4Plugin.class,
        PainlessPlugin.class
    );

    private TestNode(Settings settings, List<Class<? extends Plugin>> modules) {
        super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "test"), modules, false);
    }

    public static void main(String[] arguments) throws Exception {
        Lifetime lifetime = new Lifetime(Long.parseLong(arguments[0]));
        Settings settings = Settings.builder()
            .put("path.home", lifetime.folder)
            .put("cluster.name", "vpcflow-ecs-tests")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("http.type", "netty4")
            .put("transport.port", "0")
            .put("transport.type", "netty4")
            .put("discovery.type", "single-node")
            .put("node.processors", 2)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            // Every case of the tests has scripts of its own.
            .put("script.max_compilations_rate", "100000/1m")
            .build();
        List<Class<? extends Plugin>> modules = new ArrayList<>(MODULES);
        String plugin = System.getProperty("plugin");
        if (plugin != null) {
            modules.add(Class.forName(plugin).asSubclass(Plugin.class));
        }
        try (TestNode node = new TestNode(settings, modules)) {
            node.start();
            HttpServerTransport http = node.injector().getInstance(HttpServerTransport.class);
            String address = NetworkAddress.format(http.boundAddress().publishAddress().address());
            lifetime.serve(address, Version.CURRENT.toString());
        }
        // Some threads of the server outlive the node.
        System.exit(0);
    }
}
