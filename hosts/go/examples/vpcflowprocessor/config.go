package vpcflowprocessor

import (
	"errors"

	"go.opentelemetry.io/collector/component"

	"vpcflowecs"
)

// Config is what a configuration of a Collector says of the processor.
type Config struct {
	// Format is the format of the lines, or the name of a preset. By default it is the preset that a line fits.
	Format string `mapstructure:"format"`
	// Output is "map" for a body that is a map, and "text" for one that is JSON text.
	Output string `mapstructure:"output"`
	// Options are other options of the parser by name: docs/options.md.
	Options map[string]any `mapstructure:"options"`
}

const (
	outputMap  = "map"
	outputText = "text"
)

func defaultConfig() component.Config { return &Config{Output: outputMap} }

// Validate checks all options when a Collector reads its configuration.
func (c *Config) Validate() error {
	if c.Output != outputMap && c.Output != outputText {
		return errors.New(`output: expected "map" or "text", found "` + c.Output + `"`)
	}
	parser, err := c.newParser()
	if err != nil {
		return err
	}
	return parser.Close()
}

func (c *Config) newParser() (*vpcflowecs.Parser, error) {
	options := vpcflowecs.Options{}
	for name, value := range c.Options {
		options[name] = value
	}
	if c.Format != "" {
		options["format"] = c.Format
	}
	return vpcflowecs.New(options)
}
