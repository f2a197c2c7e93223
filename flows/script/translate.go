package script

import (
	"fmt"
	"slices"
	"strings"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// sheetPrefix gives what a sheet's keys stand under: i18n/en/okane.yaml says
// 「はじめ/ことば/1」 for okane/はじめ/ことば/1. Cards and lines may stand on several
// sheets (cards, cards-sumai, …), so that one person can translate one topic.
func sheetPrefix(sheet string) string {
	switch {
	case sheet == "lines" || strings.HasPrefix(sheet, "lines-"):
		return "line/"
	case sheet == "cards" || strings.HasPrefix(sheet, "cards-"):
		return "card/"
	}
	return sheet + "/"
}

// readSheet reads one page of translations. An entry holds only as long as the
// Japanese it was made from: もと is that sentence's hash.
func (l *loader) readSheet(f *file, root *yaml.Node, lang flows.Lang, base string) {
	if !isLang(lang) || lang == flows.Ja {
		f.at(1, 1, "name", fmt.Sprintf("i18n の中のフォルダーの名前は、言語の印です。使えるのは: %s(ja のほか)。", langNames()), "")
		return
	}
	fs := f.fields(root, "訳のファイル", "訳", "ことば", "文", "下書き", "確認")
	if e, ok := fs["訳"]; ok {
		f.fileName(e.value, "訳", base)
	} else {
		f.fault(root, "missing", "「訳」(何の訳か)がありません。", "訳: "+base)
	}
	if e, ok := fs["ことば"]; !ok || f.text(e.value, "ことば") != string(lang) {
		f.fault(root, "missing", "「ことば」には、フォルダーと同じ言語の印を書きます。", "ことば: "+string(lang))
	}
	body, ok := fs["文"]
	if !ok {
		f.fault(root, "missing", "「文」がありません。", "文:")
		return
	}
	good, said := l.translations(f, body.value, base, lang)
	l.pages[f.name] = good
	if !l.mark(f, root, fs, saidHash(said)) {
		if !l.opt.accepts(lang) {
			if lang == flows.JaEasy {
				f.fault(root, "draft", "やさしい日本語の文は、まだだれも確かめていません(下書き)。", "")
			} else {
				f.warn(root, "draft", "この訳は、まだだれも確かめていません(下書き)。使われません。", "")
			}
			return
		}
		l.b.Drafts = true
	}
	for _, g := range good {
		g.src.phrase[lang] = g.text
	}
}

// ready is a translation that fits the sentence it was made from.
type ready struct {
	src  *source
	text string
}

// translations reads the entries of a sheet; said is all that its mark confirms.
func (l *loader) translations(f *file, n *yaml.Node, base string, lang flows.Lang) (good []ready, said []string) {
	known := l.under(sheetPrefix(base))
	for _, e := range f.entries(n, "文") {
		src := l.sourceOf(sheetPrefix(base)+e.key, stampIn(e.value))
		if src == nil {
			if !l.unread {
				f.warn(e.at, "orphan", fmt.Sprintf("「%s」にあたる日本語の文は、もうありません。", e.key), swap(f, e.at, nearest(e.key, known)))
			}
			continue
		}
		text, fresh := l.readTranslation(f, e, src, lang)
		if text != "" {
			said = append(said, src.key+"\x00"+text)
		}
		if fresh {
			good = append(good, ready{src, text})
		}
	}
	return good, said
}

// sourceOf finds the sentence that a translation was made from. A button put in
// between moves those behind it to other keys: within its scene, the hash finds it again.
func (l *loader) sourceOf(key, stamped string) *source {
	at := l.sources[key]
	if stamped == "" || at != nil && stamp(at.text) == stamped {
		return at
	}
	scene := key[:strings.LastIndex(key, "/")+1]
	for _, k := range l.keys {
		if rest, ok := strings.CutPrefix(k, scene); ok && !strings.Contains(rest, "/") && stamp(l.sources[k].text) == stamped {
			return l.sources[k]
		}
	}
	return at
}

// stampIn is the もと of an entry, before it is properly read.
func stampIn(n *yaml.Node) string {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "もと" {
			return n.Content[i+1].Value
		}
	}
	return ""
}

func swap(f *file, n *yaml.Node, to string) string {
	if to == "" {
		return ""
	}
	return f.instead(n, to)
}

// readTranslation reads 「鍵: {訳: …, もと: 3f9a}」; fresh tells whether it still fits its source.
func (l *loader) readTranslation(f *file, e entry, src *source, lang flows.Lang) (text string, fresh bool) {
	want := stamp(src.text)
	if e.value.Kind == yaml.ScalarNode {
		f.fault(e.value, "shape", "訳は {訳: …, もと: …} の形で書きます。「もと」は日本語の文の指紋です。",
			fmt.Sprintf("  %s: {訳: %s, もと: %s}", e.key, quoted(e.value.Value), want))
		return "", false
	}
	in := f.fields(e.value, e.key, "訳", "もと")
	tr, hasText := in["訳"]
	of, hasStamp := in["もと"]
	if !hasText {
		f.fault(e.at, "missing", "「訳」がありません。", "")
		return "", false
	}
	text = f.text(tr.value, "訳")
	if !hasStamp {
		f.fault(e.at, "missing", "「もと」(日本語の文の指紋)がありません。", fmt.Sprintf("  %s: {訳: %s, もと: %s}", e.key, quoted(text), want))
		return text, false
	}
	if got := f.text(of.value, "もと"); got != want {
		f.warn(of.value, "stale", fmt.Sprintf("日本語の文が変わったので、この訳は古くなりました(日本語:「%s」)。訳を見なおして、もとを %s にします。", src.text, want), f.instead(of.value, want))
		return text, false
	}
	l.measure(f, tr.value, text, src.label, lang)
	if a, b := holes(src.text), holes(text); !slices.Equal(a, b) {
		f.fault(tr.value, "hole", fmt.Sprintf("日本語の文と、あとから入ることば(%s)がそろっていません。", strings.Join(a, " ")), "")
		return text, false
	}
	for _, d := range digits.FindAllString(src.text, -1) {
		if !strings.Contains(text, d) {
			f.fault(tr.value, "digits", fmt.Sprintf("日本語の文にある番号 %s が、訳にありません。", d), "")
			return text, false
		}
	}
	return text, text != ""
}

// under lists the keys below a prefix, without it.
func (l *loader) under(prefix string) []string {
	var out []string
	for _, k := range l.keys {
		if rest, ok := strings.CutPrefix(k, prefix); ok {
			out = append(out, rest)
		}
	}
	return out
}

// untranslated tells, once for each language and sheet, what still falls back to plain Japanese.
func (l *loader) untranslated() {
	for _, lang := range flows.Langs {
		if lang == flows.Ja {
			continue
		}
		missing := map[string][]string{}
		var sheets []string
		for _, k := range l.keys {
			if _, ok := l.sources[k].phrase[lang]; ok {
				continue
			}
			head, rest, _ := strings.Cut(k, "/")
			sheet := head
			switch head {
			case "line", "card":
				sheet = head + "s"
			}
			if missing[sheet] == nil {
				sheets = append(sheets, sheet)
			}
			missing[sheet] = append(missing[sheet], rest)
		}
		for _, s := range sheets {
			m := missing[s]
			l.faults = append(l.faults, Fault{File: fmt.Sprintf("i18n/%s/%s.yaml", lang, s), Code: "untranslated", Warn: true,
				Text: fmt.Sprintf("訳のない文が %d あります: %s", len(m), strings.Join(m[:min(len(m), 5)], "・"))})
		}
	}
}
