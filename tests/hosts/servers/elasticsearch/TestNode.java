import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import org.elasticsearch.Build;
import org.elasticsearch.common.logging.internal.LoggerFactoryImpl;
import org.elasticsearch.common.network.NetworkAddress;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.logging.internal.spi.LoggerFactory;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * An Elasticsearch node on a free port of the loopback interface, with the modules and plug-ins of a folder, as its own start
 * loads them.
 *
 * <p>Usage: TestNode SECONDS HOME. Prints one line of JSON with its URL and version when it is ready. Ends, and removes its
 * data, when its standard input ends or after that many seconds, whichever comes first.
 */
public final class TestNode {
    private TestNode() {
    }

    public static void main(String[] arguments) throws Exception {
        Lifetime lifetime = new Lifetime(Long.parseLong(arguments[0]));
        Path home = Path.of(arguments[1]);
        Settings settings = Settings.builder()
            .put("path.home", home)
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
        LoggerFactory.setInstance(new LoggerFactoryImpl());
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "test");
        PluginsLoader loader = PluginsLoader.createPluginsLoader(
            bundles("loadModulesBundles", home.resolve("modules")),
            bundles("loadPluginsBundles", home.resolve("plugins")),
            Map.of(),
            false
        );
        try (Node node = new Node(environment, loader)) {
            node.start();
            HttpServerTransport http = node.injector().getInstance(HttpServerTransport.class);
            lifetime.serve(NetworkAddress.format(http.boundAddress().publishAddress().address()), Build.current().version());
        }
        // Some threads of the server outlive the node.
        System.exit(0);
    }

    /** Loads the bundles of a folder. Version 9 takes another argument: false. */
    @SuppressWarnings("unchecked")
    private static Set<PluginBundle> bundles(String name, Path folder) throws IllegalAccessException, InvocationTargetException {
        Method load = Arrays.stream(PluginsLoader.class.getMethods()).filter(method -> method.getName().equals(name)).findFirst().orElseThrow();
        Object[] arguments = load.getParameterCount() == 1 ? new Object[] {folder} : new Object[] {folder, false};
        return (Set<PluginBundle>) load.invoke(null, arguments);
    }
}
