import java.nio.file.Path;
import java.util.Map;

import org.opensearch.Version;
import org.opensearch.common.network.NetworkAddress;
import org.opensearch.common.settings.Settings;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/**
 * An OpenSearch node on a free port of the loopback interface, with the modules and plug-ins of a folder, as its own start loads
 * them.
 *
 * <p>Usage: TestNode SECONDS HOME. Prints one line of JSON with its URL and version when it is ready. Ends, and removes its
 * data, when its standard input ends or after that many seconds, whichever comes first.
 */
public final class TestNode {
    private TestNode() {
    }

    public static void main(String[] arguments) throws Exception {
        Lifetime lifetime = new Lifetime(Long.parseLong(arguments[0]));
        Settings settings = Settings.builder()
            .put("path.home", Path.of(arguments[1]))
            .put("path.data", lifetime.folder.resolve("data"))
            .put("path.logs", lifetime.folder.resolve("logs"))
            .put("cluster.name", "vpcflow-ecs-tests")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("discovery.type", "single-node")
            .put("node.processors", 2)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        try (Node node = new Node(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "test"))) {
            node.start();
            HttpServerTransport http = node.injector().getInstance(HttpServerTransport.class);
            lifetime.serve(NetworkAddress.format(http.boundAddress().publishAddress().address()), Version.CURRENT.toString());
        }
        // Some threads of the server outlive the node.
        System.exit(0);
    }
}
