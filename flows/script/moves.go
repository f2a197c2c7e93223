package script

import (
	"fmt"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"engawa/flows"
)

// move is one line of moves/: okane/家賃: sumai/家賃.
type move struct {
	from, to flows.SceneKey
	f        *file
	at, goes *yaml.Node
}

// readMoves reads where scenes of earlier releases have gone. Several files may
// stand beside each other, one for each time that something was renamed.
func (l *loader) readMoves(f *file, root *yaml.Node) {
	for _, e := range f.entries(root, "moves") {
		l.moves = append(l.moves, move{flows.SceneKey(e.key), flows.SceneKey(f.text(e.value, e.key)), f, e.at, e.value})
	}
}

// checkMoves looks that every line begins at a scene that is gone and ends at one that is there.
func (l *loader) checkMoves() {
	b := l.b
	for _, m := range l.moves {
		switch {
		case strings.Count(string(m.from), "/") != 1:
			m.f.fault(m.at, "move", "左には、前の場面を「流れ/場面」の形で書きます(okane/家賃)。", "")
		case b.Scenes[m.from] != nil:
			m.f.warn(m.at, "move", fmt.Sprintf("「%s」は、いまもあります。この行は要りません。", m.from), "")
		case b.Moves[m.from] != "" && b.Moves[m.from] != m.to:
			m.f.fault(m.at, "move", fmt.Sprintf("「%s」の行き先が、ふたつあります。ひとつにします。", m.from), "")
		default:
			if b.Moves == nil {
				b.Moves = map[flows.SceneKey]flows.SceneKey{}
			}
			b.Moves[m.from] = m.to
		}
	}
	for _, m := range l.moves {
		if b.Moves[m.from] == "" || b.Moved(m.to) != "" {
			continue
		}
		var known []string
		for _, k := range l.sceneOrder {
			known = append(known, string(k))
		}
		near := nearest(string(m.to), known)
		m.f.fault(m.goes, "move", fmt.Sprintf("行き先「%s」という場面がありません。", m.to), swap(m.f, m.goes, near))
	}
}
