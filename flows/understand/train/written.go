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
	ID, Text, Lang, Voice, Kind string
	Urgency, Level              string
	Topics                      []string
	Plain                       bool // it has an obvious word for its topic
	Made                        bool // put together by program: never part of a proof
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

// Voices that are never trained on. The early ones have been read by those who
// mend the rules; the held-out one was written by somebody who saw nothing of this
// tree, was measured before anybody read it, and mends nothing.
const (
	earlyVoices = "FGHILQY"
	heldVoice   = "h"
)

// topicVoices wrote about topics alone: what is dangerous is not learned from them,
// since their calm would move the limit above which a text is worrying.
const topicVoices = "abci"

func forTraining(s *sentence) bool { return !strings.Contains(earlyVoices+heldVoice, s.Voice) }

func proof(s *sentence) bool { return strings.Contains(earlyVoices, s.Voice) && !s.Made }

func heldOut(s *sentence) bool { return s.Voice == heldVoice }

// only keeps some of the sentences.
func (w *written) only(keep func(*sentence) bool) *written {
	pick := func(all []sentence) (out []sentence) {
		for i := range all {
			if keep(&all[i]) {
				out = append(out, all[i])
			}
		}
		return out
	}
	return &written{urgent: pick(w.urgent), traps: pick(w.traps), topics: pick(w.topics), words: w.words, tongues: w.tongues, hash: w.hash}
}

func readWritten(dir string) (*written, error) {
	w := &written{}
	sum := sha256.New()
	for _, part := range []struct {
		name string
		keep any
	}{{"urgent", &w.urgent}, {"traps", &w.traps}, {"topics", &w.topics}, {"words", &w.words}, {"tongues", &w.tongues}} {
		data, err := os.ReadFile(filepath.Join(dir, part.name+".jsonl")) //#nosec G304 -- the tree's own sentences
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
		*list = append(*list, s)
		return forTraining(&s), nil
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
func tasks(w *written) []*task { return []*task{dangerTask(w), topicTask(w), langTask(w)} }

func dangerTask(w *written) *task {
	t := &task{name: "danger", even: 0.1, rate: 0.5, limits: dangerLimits,
		classes: []string{"none", "life.clear", "life.worry", "violence.clear", "violence.worry", "medical.clear", "medical.worry"}}
	for i := range w.urgent {
		s := &w.urgent[i]
		t.add(example{s: s, looks: understand.Looks(s.Text), weight: 1}, s.Urgency+"."+s.Level)
	}
	for i := range w.traps {
		s := &w.traps[i]
		t.add(example{s: s, looks: understand.Looks(s.Text), weight: 1, trap: !ordinary(s)}, "none")
	}
	for i := range w.topics {
		s := &w.topics[i]
		if strings.Contains(topicVoices, s.Voice) {
			continue
		}
		t.add(example{s: s, looks: understand.Looks(s.Text), weight: 1}, "none")
	}
	return t
}

func topicTask(w *written) *task {
	t := &task{name: "topic", even: 1, rate: 1, classes: topics, limits: topicLimits}
	for i := range w.topics {
		s := &w.topics[i]
		t.add(example{s: s, looks: [][]uint32{understand.Features(s.Text)}, weight: 1}, s.Topics...)
	}
	for _, l := range w.words {
		for _, word := range l.Words {
			t.add(example{looks: [][]uint32{understand.Features(word)}, weight: 1.5}, l.Topic)
		}
	}
	return t
}

func langTask(w *written) *task {
	t := &task{name: "lang", even: 1, rate: 1, classes: []string{"ja", "en", "zh", "vi", "tl", "pt"}}
	for _, list := range [][]sentence{w.urgent, w.traps, w.topics} {
		for i := range list {
			if f := understand.Script(list[i].Text); f != nil {
				t.add(example{s: &list[i], looks: [][]uint32{f}, weight: 1}, strings.TrimSuffix(list[i].Lang, "-easy"))
			}
		}
	}
	for _, l := range w.tongues {
		for _, word := range l.Words {
			if f := understand.Script(word); f != nil {
				t.add(example{looks: [][]uint32{f}, weight: 2}, l.Lang)
			}
		}
	}
	return t
}

// topics is the list of the house plan, §5.
var topics = []string{"talk", "money", "food", "home", "work", "hikikomori", "school", "child", "care", "young_carer", "disability", "health",
	"family", "neighbor", "concern", "place", "join", "procedure", "language", "addiction", "reentry", "disaster", "human", "event_post",
	"privacy", "smalltalk", "other"}
