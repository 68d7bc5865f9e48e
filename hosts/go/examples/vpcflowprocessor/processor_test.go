package vpcflowprocessor

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	"vpcflowecs"
)

const line = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"

// start starts a processor whose output is in the sink.
func start(t *testing.T, change func(*Config)) (processor.Logs, *consumertest.LogsSink) {
	t.Helper()
	factory := NewFactory()
	config := factory.CreateDefaultConfig().(*Config)
	change(config)
	require.NoError(t, config.Validate())
	sink := new(consumertest.LogsSink)
	logs, err := factory.CreateLogs(t.Context(), processortest.NewNopSettings(factory.Type()), config, sink)
	require.NoError(t, err)
	require.NoError(t, logs.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, logs.Shutdown(context.Background())) })
	return logs, sink
}

// batch returns logs with a record for each line.
func batch(lines ...string) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, line := range lines {
		record := records.AppendEmpty()
		record.Body().SetStr(line)
		record.Attributes().PutStr("log.file.name", "flows.log")
	}
	return logs
}

func records(sink *consumertest.LogsSink) []plog.LogRecord {
	var all []plog.LogRecord
	for _, logs := range sink.AllLogs() {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					all = append(all, record)
				}
			}
		}
	}
	return all
}

func TestBodiesBecomeDocuments(t *testing.T) {
	logs, sink := start(t, func(c *Config) { c.Format = "default" })
	header := "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
	bad := strings.Replace(line, "20641", "70000", 1)
	require.NoError(t, logs.ConsumeLogs(t.Context(), batch(header, line, "", bad)))

	found := records(sink)
	require.Len(t, found, 2)
	require.Equal(t, map[string]any{
		"@timestamp": "2014-12-14T04:07:50.000Z",
		"ecs":        map[string]any{"version": "8.17.0"},
		"event": map[string]any{
			"kind": "event", "category": []any{"network"}, "type": []any{"connection", "allowed"}, "action": "accept", "outcome": "success",
			"start": "2014-12-14T04:06:50.000Z", "end": "2014-12-14T04:07:50.000Z",
		},
		"cloud":       map[string]any{"provider": "aws", "account": map[string]any{"id": "123456789010"}},
		"source":      map[string]any{"address": "172.31.16.139", "ip": "172.31.16.139", "port": int64(20641), "packets": int64(20), "bytes": int64(4249)},
		"destination": map[string]any{"address": "172.31.16.21", "ip": "172.31.16.21", "port": int64(22)},
		"network": map[string]any{
			"iana_number": "6", "transport": "tcp", "type": "ipv4", "packets": int64(20), "bytes": int64(4249),
			"community_id": "1:78twGw5/iHs2/5/1899dIS6GfPc=",
		},
		"related": map[string]any{"ip": []any{"172.31.16.139", "172.31.16.21"}},
		"aws": map[string]any{"vpcflow": map[string]any{
			"version": int64(2), "account_id": "123456789010", "interface_id": "eni-1235b8ca123456789", "action": "ACCEPT", "log_status": "OK",
		}},
	}, found[0].Body().Map().AsRaw())
	require.Equal(t, map[string]any{"log.file.name": "flows.log"}, found[0].Attributes().AsRaw())
	require.Equal(t, time.Date(2014, 12, 14, 4, 7, 50, 0, time.UTC), found[0].Timestamp().AsTime())

	require.Equal(t, bad, found[1].Body().Str())
	require.Equal(t, map[string]any{
		"log.file.name": "flows.log",
		"error.message": `line 1, column 65: field "srcport": expected 0 to 65535, found "70000"`,
	}, found[1].Attributes().AsRaw())
	require.Zero(t, found[1].Timestamp())
}

func TestTextBytesAndOtherBodies(t *testing.T) {
	logs, sink := start(t, func(c *Config) {
		c.Output = "text"
		c.Options = map[string]any{"format": "srcport", "mode": "original", "schema": "ecs"}
	})
	input := batch("7", "", "")
	all := input.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	all.At(1).Body().SetEmptyBytes().FromRaw([]byte("8"))
	all.At(2).Body().SetInt(9)
	require.NoError(t, logs.ConsumeLogs(t.Context(), input))

	found := records(sink)
	require.Len(t, found, 3)
	require.Contains(t, found[0].Body().Str(), `"aws":{"vpcflow":{"srcport":7}}`)
	require.Contains(t, found[1].Body().Str(), `"aws":{"vpcflow":{"srcport":8}}`)
	require.Zero(t, found[0].Timestamp(), "the record has no time")
	message, _ := found[2].Attributes().Get("error.message")
	require.Equal(t, "expected a body of text or bytes, found Int", message.Str())
}

func TestBadConfigurationsAreRefused(t *testing.T) {
	config := defaultConfig().(*Config)
	config.Format = "srcadr"
	config.Options = map[string]any{"strict": true}
	var expected *vpcflowecs.Error
	require.ErrorAs(t, config.Validate(), &expected)
	require.Equal(t, "unknown_field", expected.Code)
	config = &Config{Output: "xml"}
	require.EqualError(t, config.Validate(), `output: expected "map" or "text", found "xml"`)
}

func TestManyGoroutines(t *testing.T) {
	logs, sink := start(t, func(c *Config) { c.Format = "default" })
	lines := make([]string, 500)
	for at := range lines {
		lines[at] = line
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if err := logs.ConsumeLogs(context.Background(), batch(lines...)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	require.Equal(t, 20_000, sink.LogRecordCount())
	for _, record := range records(sink) {
		source, _ := record.Body().Map().Get("source")
		port, _ := source.Map().Get("port")
		require.Equal(t, int64(20641), port.Int())
	}
}

func TestABrokenParserIsNotKept(t *testing.T) {
	p := &flowLogs{config: defaultConfig().(*Config), idle: make(chan *vpcflowecs.Parser, 1)}
	parser, err := p.acquire()
	require.NoError(t, err)
	p.release(parser)
	require.Len(t, p.idle, 1)
	parser, err = p.acquire()
	require.NoError(t, err)
	// A closed parser fails as one does whose module has trapped.
	require.NoError(t, parser.Close())
	p.release(parser)
	require.Empty(t, p.idle)
}
