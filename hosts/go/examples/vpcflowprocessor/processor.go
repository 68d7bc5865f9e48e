// Package vpcflowprocessor is a processor of the OpenTelemetry Collector: AWS flow log lines in the bodies of log records become
// Elastic Common Schema (ECS) documents.
package vpcflowprocessor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.uber.org/zap"

	"vpcflowecs"
)

// NewFactory returns the factory of the processor aws_vpcflow.
func NewFactory() processor.Factory {
	return processor.NewFactory(
		component.MustNewType("aws_vpcflow"),
		defaultConfig,
		processor.WithLogs(newProcessor, component.StabilityLevelAlpha),
	)
}

func newProcessor(ctx context.Context, settings processor.Settings, config component.Config, next consumer.Logs) (processor.Logs, error) {
	p := &flowLogs{
		config: config.(*Config),
		logger: settings.Logger,
		idle:   make(chan *vpcflowecs.Parser, runtime.GOMAXPROCS(0)),
	}
	return processorhelper.NewLogs(ctx, settings, config, next, p.process,
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithShutdown(p.shutdown),
	)
}

type flowLogs struct {
	config *Config
	logger *zap.Logger
	// idle has parsers: a parser is for one goroutine at a time, and a Collector calls a processor from many.
	idle chan *vpcflowecs.Parser
}

// process replaces the lines in the bodies of log records by their documents.
//
// Headers, blank lines and records that the option "omitLogStatus" leaves out are dropped. A bad line stays, and gets the
// attribute "error.message".
func (p *flowLogs) process(_ context.Context, logs plog.Logs) (plog.Logs, error) {
	parser, err := p.acquire()
	if err != nil {
		return logs, err
	}
	defer p.release(parser)
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			scope.LogRecords().RemoveIf(func(record plog.LogRecord) bool {
				isDropped, failed := p.convert(parser, record)
				if failed != nil {
					p.logger.Warn("a log record is not a flow log record", zap.Error(failed))
					record.Attributes().PutStr("error.message", failed.Error())
				}
				return isDropped
			})
		}
	}
	return logs, nil
}

// convert converts a record. It is to be dropped if the line is not a record.
func (p *flowLogs) convert(parser *vpcflowecs.Parser, record plog.LogRecord) (bool, error) {
	var text []byte
	switch record.Body().Type() {
	case pcommon.ValueTypeStr:
		text = []byte(record.Body().Str())
	case pcommon.ValueTypeBytes:
		text = record.Body().Bytes().AsRaw()
	default:
		return false, fmt.Errorf("expected a body of text or bytes, found %s", record.Body().Type())
	}
	// Records are independent: a batch may have lines of several files.
	if err := parser.Reset(); err != nil {
		return false, err
	}
	line, err := parser.Line(text)
	if err != nil || line.Kind != vpcflowecs.Record {
		return err == nil, err
	}
	document, err := read(line.Document)
	if err != nil {
		return false, err
	}
	if text, isText := document["@timestamp"].(string); isText && line.HasTime {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			record.SetTimestamp(pcommon.NewTimestampFromTime(at))
		}
	}
	if p.config.Output == outputText {
		record.Body().SetStr(string(line.Document))
		return false, nil
	}
	return false, record.Body().SetEmptyMap().FromRaw(document)
}

// read reads the JSON text of a document.
func read(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	return numbers(document).(map[string]any), nil
}

// numbers returns a value with its numbers as integers where they are.
func numbers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, each := range value {
			value[key] = numbers(each)
		}
	case []any:
		for index, each := range value {
			value[index] = numbers(each)
		}
	case json.Number:
		if integer, err := value.Int64(); err == nil {
			return integer
		}
		if float, err := value.Float64(); err == nil {
			return float
		}
		return value.String()
	}
	return value
}

func (p *flowLogs) acquire() (*vpcflowecs.Parser, error) {
	select {
	case parser := <-p.idle:
		return parser, nil
	default:
		return p.config.newParser()
	}
}

// release keeps a parser for other batches. After a trap, or if there are enough, it is closed instead.
func (p *flowLogs) release(parser *vpcflowecs.Parser) {
	if parser.Reset() != nil {
		parser.Close()
		return
	}
	select {
	case p.idle <- parser:
	default:
		parser.Close()
	}
}

func (p *flowLogs) shutdown(context.Context) error {
	for {
		select {
		case parser := <-p.idle:
			parser.Close()
		default:
			return nil
		}
	}
}
