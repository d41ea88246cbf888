// Command generate compiles the catalogue of messages into tables of constants. It runs in the
// directory of package message, by go generate, and refuses a catalogue with a mistake: it names
// every one, and writes nothing then.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run reads dir/catalogue and writes the tables into dir. It removes the table of a package that
// speaks no more.
func run(dir string) error {
	files, err := Compile(os.DirFS(filepath.Join(dir, "catalogue")))
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "table_*.go"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if files[filepath.Base(path)] == nil {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, source := range files {
		if err := os.WriteFile(filepath.Join(dir, name), source, 0o644); err != nil {
			return err
		}
	}
	return nil
}
