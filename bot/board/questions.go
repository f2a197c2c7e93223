package board

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// Question is what somebody wants to know of a group. It holds neither their words,
// which stay under their own keys, nor anything that the group is shown of them; the
// name that their talk has for them is the way back of the answer, and seen by nobody.
type Question struct {
	ID       string         `json:"id"`
	Group    string         `json:"g"`
	Post     string         `json:"p"`
	Person   flows.PersonID `json:"who"`
	Texts    []string       `json:"tx"`
	Asked    time.Time      `json:"at"`
	Answer   string         `json:"an,omitempty"`
	By       string         `json:"by,omitempty"` // member id
	Answered time.Time      `json:"ad,omitzero"`
	Sent     bool           `json:"s,omitempty"` // on its way to who asked
	Try      int            `json:"n,omitempty"` // how often it could not be heard
	Next     time.Time      `json:"nx,omitzero"` // not before
}

// LongestAnswer is how long a group's answer may be, in characters.
const LongestAnswer = 400

// questionFor is how long a question waits for its answer.
const questionFor = 60 * 24 * time.Hour

// answerWait is how long an answer waits that came while a human had the talk.
const answerWait = time.Hour

const answerPrefix, tryMark = "answer-", "~"

// AnswerEvent names the event that brings the answer this time.
func (q *Question) AnswerEvent() string {
	if q.Try == 0 {
		return answerPrefix + q.ID
	}
	return answerPrefix + q.ID + tryMark + strconv.Itoa(q.Try)
}

func questionKey(id string) string    { return "{board}:question:" + id }
func questionsOf(group string) string { return "{board}:questions:" + group } // ZSET id → unix ms
const answersKey = "{board}:answers"  // SET of questions that are answered and not sent
const arrivedKey = "{board}:arrived"  // SET of questions of which no member has been told yet

// Ask puts a question to the group of a post; again with the same id changes nothing.
// A post of nobody's group is nobody's question.
func (s *Store) Ask(ctx context.Context, id, post string, p flows.PersonID, texts []string) error {
	it, err := s.Post(ctx, post)
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	q := Question{ID: id, Group: it.Group, Post: post, Person: p, Texts: texts, Asked: s.now()}
	body, err := json.Marshal(q)
	if err != nil {
		return wrap("ask", err)
	}
	pipe := s.rdb.TxPipeline()
	pipe.SetNX(ctx, questionKey(id), body, questionFor)
	pipe.SAdd(ctx, arrivedKey, id)
	pipe.ZAddNX(ctx, questionsOf(it.Group), redis.Z{Score: float64(s.now().UnixMilli()), Member: id})
	pipe.Expire(ctx, questionsOf(it.Group), questionFor)
	_, err = pipe.Exec(ctx)
	return wrap("ask", err)
}

// Question reads one.
func (s *Store) Question(ctx context.Context, id string) (*Question, error) {
	body, err := s.rdb.Get(ctx, questionKey(id)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, ErrUnknown
	}
	q := &Question{}
	if err == nil {
		err = json.Unmarshal(body, q)
	}
	return q, wrap("question", err)
}

// mostQuestions are shown at a time.
const mostQuestions = 50

// Questions are those of a group, the newest first.
func (s *Store) Questions(ctx context.Context, group string) (all []*Question, err error) {
	ids, err := s.rdb.ZRevRange(ctx, questionsOf(group), 0, mostQuestions-1).Result()
	if err != nil {
		return nil, wrap("questions", err)
	}
	for _, id := range ids {
		q, err := s.Question(ctx, id)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

// Answer is a member's answer, which goes straight to who asked. Where a rule of the
// house may be broken the writer is told at once, and nothing is sent. The first
// answer counts.
func (s *Store) Answer(ctx context.Context, group, member, id, words string) (*Question, error) {
	g, err := s.Group(ctx, group)
	if err != nil {
		return nil, err
	}
	if _, ok := g.Member(member); !ok || g.State == Recalled {
		return nil, ErrMay
	}
	words = clip(strings.TrimSpace(words), LongestAnswer)
	if words == "" {
		return nil, &catalogue.Fault{Field: "words", Text: "お返事を書いてください。ひとことで大丈夫です。"}
	}
	if marks := Check(&catalogue.Entry{Lead: catalogue.Ja(words)}); len(marks) > 0 {
		return nil, &catalogue.Fault{Field: "words", Text: "「" + marks[0].Word + "」について: " + marks[0].Says()}
	}
	q, err := s.changeQuestion(ctx, id, func(q *Question) error {
		if q.Group != group {
			return ErrUnknown
		}
		if q.Answer != "" {
			return nil
		}
		q.Answer, q.By, q.Answered = words, member, s.now()
		return nil
	})
	if err == nil && g.State == Open { // who answers goes on
		_, err = s.changeGroup(ctx, "answered:"+id, group, func(g *Group) error { g.goesOn(s.now()); return nil })
	}
	return q, err
}

// changeQuestion changes one if nobody else did meanwhile, and lists it if it may be sent.
func (s *Store) changeQuestion(ctx context.Context, id string, change func(*Question) error) (q *Question, err error) {
	err = again(func() error {
		was, err := s.rdb.Get(ctx, questionKey(id)).Bytes()
		if errors.Is(err, redis.Nil) {
			return ErrUnknown
		}
		q = &Question{}
		if err == nil {
			err = json.Unmarshal(was, q)
		}
		if err != nil {
			return wrap("question", err)
		}
		if err := change(q); err != nil {
			return err
		}
		body, err := json.Marshal(q)
		if err != nil {
			return wrap("question", err)
		}
		send := "0"
		if q.Answer != "" && !q.Sent {
			send = "1"
		}
		n, err := questionMove.Run(ctx, s.rdb, []string{questionKey(id), answersKey}, was, body, id, send).Int()
		if err == nil && n == 0 {
			return ErrEdited
		}
		return wrap("question", err)
	})
	return q, err
}

// Answers are those that are to be sent.
func (s *Store) Answers(ctx context.Context) (all []*Question, err error) {
	ids, err := s.rdb.SMembers(ctx, answersKey).Result()
	if err != nil {
		return nil, wrap("answers", err)
	}
	slices.Sort(ids)
	for _, id := range ids {
		q, err := s.Question(ctx, id)
		if errors.Is(err, ErrUnknown) {
			err = s.rdb.SRem(ctx, answersKey, id).Err()
		} else if err == nil && !q.Next.After(s.now()) {
			all = append(all, q)
		}
		if err != nil {
			return nil, fmt.Errorf("board: answers: %w", err)
		}
	}
	return all, nil
}

// AnswerSent notes that an answer is on its way. One that has come back meanwhile
// stays to be sent.
func (s *Store) AnswerSent(ctx context.Context, sent *Question) error {
	_, err := s.changeQuestion(ctx, sent.ID, func(q *Question) error {
		q.Sent = q.Sent || q.Try == sent.Try
		return nil
	})
	return err
}

// AnswerAgain lists an answer once more that could not be heard when event brought
// it. Again with the same event changes nothing.
func (s *Store) AnswerAgain(ctx context.Context, event string) error {
	id, _, _ := strings.Cut(strings.TrimPrefix(event, answerPrefix), tryMark)
	_, err := s.changeQuestion(ctx, id, func(q *Question) error {
		if q.AnswerEvent() == event {
			q.Sent, q.Try, q.Next = false, q.Try+1, s.now().Add(answerWait)
		}
		return nil
	})
	if errors.Is(err, ErrUnknown) {
		return nil // its person has said 消す, or its time is over
	}
	return err
}

// forgetQuestions drops the questions of somebody who said 消す.
func (s *Store) forgetQuestions(ctx context.Context, group string, p flows.PersonID) error {
	all, err := s.Questions(ctx, group)
	if err != nil {
		return err
	}
	for _, q := range all {
		if q.Person == p {
			pipe := s.rdb.TxPipeline()
			pipe.Del(ctx, questionKey(q.ID))
			pipe.ZRem(ctx, questionsOf(group), q.ID)
			pipe.SRem(ctx, answersKey, q.ID)
			if _, err := pipe.Exec(ctx); err != nil {
				return wrap("forget", err)
			}
		}
	}
	return nil
}
