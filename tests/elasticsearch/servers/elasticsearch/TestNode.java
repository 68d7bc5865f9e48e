import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.elasticsearch.Version;
import org.elasticsearch.analysis.common.CommonAnalysisPlugin;
import org.elasticsearch.common.network.NetworkAddress;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.index.mapper.MapperExtrasPlugin;
import org.elasticsearch.ingest.common.IngestCommonPlugin;
import org.elasticsearch.ingest.geoip.IngestGeoIpPlugin;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.painless.PainlessPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.script.mustache.MustachePlugin;
import org.elasticsearch.transport.Netty4Plugin;

/**
 * An Elasticsearch node on a free port of the loopback interface, for tests.
 *
 * Usage: TestNode SECONDS [FOLDER]. Prints one line of JSON with its URL and version when it is ready. Ends, and removes
 * its data, when its standard input ends or after that many seconds, whichever comes first. With a folder that has
 * city.mmdb, asn.mmdb and country.mmdb, it knows the processor geoip. The system property `plugin` names the class of one more
 * plug-in.
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
        Settings.Builder settings = Settings.builder()
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
            .put("script.max_compilations_rate", "100000/1m");
        List<Class<? extends Plugin>> modules = new ArrayList<>(MODULES);
        if (arguments.length > 1) {
            settings.put(GeoDatabases.PATH.getKey(), namedAsExpected(Path.of(arguments[1]), lifetime.folder));
            modules.addAll(List.of(IngestGeoIpPlugin.class, GeoDatabases.class));
        }
        String plugin = System.getProperty("plugin");
        if (plugin != null) {
            modules.add(Class.forName(plugin).asSubclass(Plugin.class));
        }
        try (TestNode node = new TestNode(settings.build(), modules)) {
            node.start();
            HttpServerTransport http = node.injector().getInstance(HttpServerTransport.class);
            String address = NetworkAddress.format(http.boundAddress().publishAddress().address());
            lifetime.serve(address, Version.CURRENT.toString());
        }
        // Some threads of the server outlive the node.
        System.exit(0);
    }

    /** Makes known the setting that tells ingest-geoip where its databases are. */
    public static final class GeoDatabases extends Plugin {
        static final Setting<String> PATH = Setting.simpleString("ingest.geoip.database_path", Setting.Property.NodeScope);

        @Override
        public List<Setting<?>> getSettings() {
            return List.of(PATH);
        }
    }

    /** A folder with the databases under the names that ingest-geoip expects. */
    private static Path namedAsExpected(Path databases, Path home) throws IOException {
        Path folder = Files.createDirectories(home.resolve("geo"));
        for (String kind : List.of("City", "ASN", "Country")) {
            Files.copy(databases.resolve(kind.toLowerCase() + ".mmdb"), folder.resolve("GeoLite2-" + kind + ".mmdb"));
        }
        return folder;
    }
}
