package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"engawa/flows/understand"
)

// sentence is one line of testdata.
type sentence struct {
	ID, Text, Lang, Voice string
	Urgency, Level        string
	Topics                []string
	Made                  bool // put together by program: never part of a proof
}

// lexicon is a list of words that belong to one topic or one language.
type lexicon struct {
	Topic, Lang string
	Words       []string
}

// written is everything that was written to learn from.
type written struct {
	urgent, traps, topics []sentence
	words, tongues        []lexicon
	hash                  [32]byte
}

// proofVoices are never trained on.
const proofVoices = "FGHY"

func forTraining(s sentence) bool { return !strings.Contains(proofVoices, s.Voice) }

func readWritten(dir string) (*written, error) {
	w := &written{}
	sum := sha256.New()
	for _, part := range []struct {
		name string
		keep any
	}{{"urgent", &w.urgent}, {"traps", &w.traps}, {"topics", &w.topics}, {"words", &w.words}, {"tongues", &w.tongues}} {
		data, err := os.ReadFile(filepath.Join(dir, part.name+".jsonl"))
		if err != nil {
			return nil, fmt.Errorf("read the sentences: %w", err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			trained, err := readLine(lines.Bytes(), part.keep)
			if err != nil {
				return nil, fmt.Errorf("%s line %d: %w", part.name, n, err)
			}
			if trained {
				sum.Write(lines.Bytes())
				sum.Write([]byte{'\n'})
			}
		}
	}
	copy(w.hash[:], sum.Sum(nil))
	return w, nil
}

func readLine(line []byte, keep any) (bool, error) {
	switch list := keep.(type) {
	case *[]sentence:
		var s sentence
		if err := json.Unmarshal(line, &s); err != nil {
			return false, err
		}
		if !forTraining(s) {
			return false, nil
		}
		*list = append(*list, s)
	case *[]lexicon:
		var l lexicon
		if err := json.Unmarshal(line, &l); err != nil {
			return false, err
		}
		*list = append(*list, l)
	}
	return true, nil
}

// tasks are the questions that the model learns to answer.
func tasks(w *written) []*task {
	danger := &task{name: "danger", classes: []string{"none", "life.clear", "life.worry", "violence.clear", "violence.worry", "medical.clear", "medical.worry"}}
	for _, s := range w.urgent {
		danger.add(s.Voice, understand.Features(s.Text), 1, s.Urgency+"."+s.Level)
	}
	for _, s := range append(append([]sentence{}, w.traps...), w.topics...) {
		danger.add(s.Voice, understand.Features(s.Text), 1, "none")
	}
	topic := &task{name: "topic", classes: topics}
	for _, s := range w.topics {
		topic.add(s.Voice, understand.Features(s.Text), 1, s.Topics...)
	}
	for _, l := range w.words {
		for _, word := range l.Words {
			topic.add("", understand.Features(word), 0.7, l.Topic)
		}
	}
	lang := &task{name: "lang", classes: []string{"ja", "en", "zh", "vi", "tl", "pt"}}
	for _, list := range [][]sentence{w.urgent, w.traps, w.topics} {
		for _, s := range list {
			if f := understand.Script(s.Text); f != nil {
				lang.add(s.Voice, f, 1, strings.TrimSuffix(s.Lang, "-easy"))
			}
		}
	}
	for _, l := range w.tongues {
		for _, word := range l.Words {
			if f := understand.Script(word); f != nil {
				lang.add("", f, 2, l.Lang)
			}
		}
	}
	return []*task{danger, topic, lang}
}

// topics is the list of the house plan, §5.
var topics = []string{"talk", "money", "food", "home", "work", "hikikomori", "school", "child", "care", "young_carer", "disability", "health",
	"family", "neighbor", "concern", "place", "join", "procedure", "language", "addiction", "reentry", "disaster", "human", "event_post",
	"privacy", "smalltalk", "other"}
