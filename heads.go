package main

import (
	"context"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/flows"
)

// headsOf counts who stands in each scene. It opens every state that is kept, and
// keeps nothing but the numbers.
func headsOf(cfg config.Config, s stores) counter {
	return func(ctx context.Context) (map[flows.SceneKey]int, error) {
		vault, err := privacy.Open(ctx, s.keys, s.sure, cfg.Master)
		if err != nil {
			return nil, err
		}
		lanes, err := inbox.Settle(ctx, s.main, cfg.Lanes)
		if err != nil {
			return nil, err
		}
		return people.New(s.main, vault, lanes).Standing(ctx)
	}
}
