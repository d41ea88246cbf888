package state

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// renamed are the keys that version 1 called otherwise, by the path of their mapping.
var renamed = map[string]string{
	"waits": "retry_after", "passing": "transient_runs",
	"area": "component", "told": "reported", "seen": "occurrences",
}

// dropped are keys of a ledger record whose meaning is gone: version 1 counted every refusal as the
// media's own fault. The tries start at 0.
var dropped = map[string]bool{"tries": true, "last_run": true, "failing": true}

// givenUpBefore is how version 1 began the reason of a media that it skipped after three tries.
const givenUpBefore = "given up after "

// migrate makes a version 1 document one of version 2, in place. It changes keys and not values,
// but for a media that version 1 gave up: it is listed as given up, so that a person hears of it.
func migrate(doc *yaml.Node) {
	root := doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		root = doc.Content[0]
	}
	set(root, "version", "2")
	rename(root)
	for _, rec := range items(value(root, "ledger")) {
		migrateRecord(rec)
	}
	for _, inc := range items(value(root, "incidents")) {
		rename(inc)
		renameComponent(value(inc, "component"))
	}
	for _, key := range []string{"retry_after", "transient_runs", "breakers"} {
		if m := value(root, key); m != nil {
			for i := 0; i+1 < len(m.Content); i += 2 {
				renameComponent(m.Content[i])
			}
		}
	}
	for _, day := range items(value(root, "history")) {
		for _, component := range items(value(day, "incidents")) {
			renameComponent(component)
		}
	}
}

func migrateRecord(rec *yaml.Node) {
	if rec.Kind != yaml.MappingNode {
		return
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(rec.Content); i += 2 {
		if !dropped[rec.Content[i].Value] {
			kept = append(kept, rec.Content[i], rec.Content[i+1])
		}
	}
	rec.Content = kept
	migrateIntent(value(rec, "intent"))
	status, reason := value(rec, "status"), value(rec, "reason")
	if status != nil && reason != nil && status.Value == string(Skipped) &&
		strings.HasPrefix(reason.Value, givenUpBefore) {
		status.Value = string(GivenUp)
	}
}

// emptyBefore is how version 1 digested an empty text.
const emptyBefore = "e3b0c44298fc1c14"

// migrateIntent says of an open intent what version 1 did not tell, so that its post is still
// found.
func migrateIntent(intent *yaml.Node) {
	text := value(intent, "text")
	if text == nil {
		return
	}
	if text.Value == emptyBefore {
		text.Value, text.Style = "", yaml.DoubleQuotedStyle
	}
	intent.Content = append(intent.Content, scalar("link"), scalar(AnyLink))
}

// renameComponent reads the component that version 1 called price.
func renameComponent(n *yaml.Node) {
	if n != nil && n.Value == "price" {
		n.Value = "budget"
	}
}

func rename(m *yaml.Node) {
	if m == nil || m.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if name, ok := renamed[m.Content[i].Value]; ok {
			m.Content[i].Value = name
		}
	}
}

func value(m *yaml.Node, key string) *yaml.Node {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func set(m *yaml.Node, key, to string) {
	if v := value(m, key); v != nil {
		v.Value = to
	}
}

func items(list *yaml.Node) []*yaml.Node {
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	return list.Content
}
