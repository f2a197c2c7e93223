package script

import "engawa/flows"

func flowForm() schema {
	door := pairs("入口", nil, schema{
		"メニュー":    said(oneText(), "メニューや「こういうことでしょうか」に出る名前。20文字まで"),
		"こう言われたら": said(texts(), "この流れに来る言い方。8つ以上"),
		"これは違う":   said(texts(), "似ているが、この流れではない言い方"),
	})
	return marked(pairs("流れのファイル", []string{"流れ", "題", "話題", "持ち主", "見直し日", "入口", "場面"}, schema{
		"流れ":     said(halfNamed(), "番号札。ファイルの名前と同じ。あとから変えない"),
		"題":      said(oneText(), "この話の名前。20文字まで"),
		"話題":     said(among(topicWords...), "何の話か"),
		"持ち主":    said(oneText(), "だれが見ているか"),
		"見直し日":   said(day(), "いつまでに読みなおすか"),
		"聞かずに案内": said(yesOrNo(), "「こういうことでしょうか」と聞かずに案内してよいか"),
		"入口":     door,
		"場面":     named(sceneForm()),
	}))
}

func sceneForm() schema {
	branch := schema{"type": "object", "minProperties": 2, "maxProperties": 2, "required": []string{"つぎ"},
		"properties":           schema{"時間": among("時間内", "時間外"), "つぎ": oneText()},
		"additionalProperties": oneText()}
	s := pairs("場面", []string{"ことば"}, schema{
		"ことば": said(someOf(oneText(), maxBubble), "ふきだし。3つまで"),
		"カード": said(someOf(halfNamed(), maxCards), "cards の中の名前。3枚まで"),
		"もし":  said(schema{"type": "array", "items": branch}, "時間か、おぼえたことで、行き先を変える"),
		"選ぶ": said(single(schema{"oneOf": []schema{oneText(), choiceForm()}}, minChoices, maxChoices),
			"2つから5つ。左がボタン(20文字まで)、右が行き先の場面"),
		"書いたら": said(among(string(flows.WriteSearch), string(flows.WriteHuman)), "書かれたことばを、だれが受けとるか"),
		"つなぐ":  said(schema{"oneOf": []schema{oneText(), handForm()}}, "相談員につなぐ"),
		"つぎ":   said(oneText(), "つぎの場面。終わるときは おわり"),
	})
	return oneWay(s, "選ぶ", "つぎ", "つなぐ")
}

func choiceForm() schema {
	return pairs("選ぶ", []string{"つぎ"}, schema{
		"つぎ":   oneText(),
		"おぼえる": said(fits(`^[^=]+=[^=]+$`), "名前=中身"),
		"あとで": said(pairs("あとで", []string{"日", "場面"}, schema{"日": between(1, 30), "場面": oneText()}),
			"押した人に、一度だけ声をかける"),
	})
}

func handForm() schema {
	return pairs("つなぐ", []string{"先"}, schema{
		"先":   said(oneText(), "house.yaml の窓口の名前"),
		"急ぎ":  yesOrNo(),
		"渡す":  said(texts(), "相談員に渡すもの。題 と、おぼえた名前"),
		"時間外": said(halfNamed(), "相談員がいないときに出すカード"),
	})
}

func cardForm() schema {
	where := pairs("行き先", nil, schema{
		"電話":      said(fits(phoneForm.String()), "半角の数字と - で、市外局番から"),
		"ページ":     webPage(),
		"場所":      said(oneText(), "行き方も"),
		"時間":      said(oneText(), "住民に見せる、時間のことば"),
		"開いている時間": said(week(), "いま開いているかを、機械がこれで見る"),
		"匿名":      said(yesOrNo(), "名前を言わずにつながるか"),
	})
	where["dependentRequired"] = schema{"電話": []string{"時間"}}
	source := pairs("出典", nil, schema{"もと": oneText(), "ページ": webPage(), "確かめた日": day(), "確かめた人": oneText()})
	source["dependentRequired"] = schema{"確かめた日": []string{"確かめた人"}, "確かめた人": []string{"確かめた日"}}
	return marked(pairs("カードのファイル", []string{"カード", "種類", "題", "ひとこと"}, schema{
		"カード":       said(halfNamed(), "番号札。ファイルの名前と同じ。あとから変えない"),
		"種類":        among(cardKindWords...),
		"題":         oneText(),
		"ひとこと":      said(oneText(), "何があるかを、一文で"),
		"行ったら":      said(oneText(), "着いたときの、さいしょのひとこと"),
		"気軽さ":       said(someOf(among(Facts...), 0), "行きやすいところ"),
		"行き先":       where,
		"出典":        said(source, "どこで知り、だれがいつ確かめたか。確かめるまで住民には出ない"),
		"期限":        said(day(), "この日まで出す"),
		"かわり":       said(halfNamed(), "古くなったときに出すカード"),
		"いつも出す":     said(yesOrNo(), "110・119・189 だけ"),
		"選んだことをのせる": said(yesOrNo(), "メモだけ。その人が押してきたことが、カードに出る"),
	}))
}

func houseForm() schema {
	ears := pairs("急ぎの窓口", nil, each(dangerWords, func() schema { return someOf(halfNamed(), 0) }))
	area := pairs("圏域のひとつ", []string{"広さ"}, schema{"広さ": among(levelWords...), "窓口": texts(), "人": texts()})
	about := pairs("窓口のひとつ", nil, schema{"話": someOf(among(topicWords...), 0), "人": texts(), "開いている時間": week()})
	closed := schema{"type": "object", "additionalProperties": false, "patternProperties": schema{day()["pattern"].(string): oneText()}}
	return pairs("house.yaml", []string{"名前", "まち", "開いている時間", "窓口", "メニュー"}, schema{
		"名前": oneText(), "まち": oneText(), "時間帯": among("Asia/Tokyo"),
		"開いている時間":   said(week(), "相談員が読む時間。9:00-17:00 の形"),
		"休み":        said(closed, "2026-12-29: 年末年始"),
		"夜の当番":      said(among("あり", "なし"), "時間外に呼び出せる人がいるか"),
		"話す場所":      among("line", "room"),
		"部屋で話す":     pairs("部屋で話す", nil, schema{"題": texts(), "急ぎ": someOf(among(dangerWords...), 0)}),
		"記録":        said(among("残す", "消せる"), "相談員が受けとったあとのことば"),
		"既読":        said(among("人が読んだとき", "自動"), "LINEのチャットを入れたまちだけ、人が読んだとき"),
		"公開":        among("ふたり", "ひとり"),
		"ここのことのページ": webPage(), "連絡先のページ": webPage(),
		"窓口":     said(texts(), "相談員の班の名前"),
		"窓口のこと":  said(schema{"type": "object", "additionalProperties": about}, "窓口ごとの、話の種類・人・時間。なくてもよい"),
		"メニュー":   said(someOf(oneText(), maxMenu), "流れの名前か、出口のことば。6つまで"),
		"禁句":     said(texts(), "住民に見せる文では使わないことば"),
		"確かめ直し":  said(pairs("確かめ直し", nil, each([]string{"連絡先", "ほか"}, func() schema { return between(1, 730) })), "確かめた日から何日使えるか"),
		"会のようす":  said(pairs("会のようす", []string{"たずねる", "休む"}, each([]string{"たずねる", "休む"}, func() schema { return between(1, 730) })), "お知らせのない会に何日でたずね、返事がなければそれから何日でお休みにするか"),
		"急ぎの窓口":  ears,
		"進めかた":   pairs("進めかた", nil, each(taskWordList(), texts)),
		"圏域":     schema{"type": "object", "additionalProperties": area},
		"近くを避ける": texts(),
	})
}

func menuForm() schema {
	cell := oneWay(pairs("絵のボタン", nil, schema{"絵": among(Icons...),
		"行き先": said(oneText(), "流れの名前、出口のことば、連絡先のページ"),
		"電話":  said(fits("^("+alwaysNumbers[0]+"|"+alwaysNumbers[1]+"|"+alwaysNumbers[2]+")$"), "110・119・189 だけ")}), "行き先", "電話")
	return marked(pairs("menu.yaml", []string{"開くところ", "大きなボタン"}, schema{
		"開くところ":  said(oneText(), "メニューを開くところのことば。14文字まで"),
		"大きなボタン": single(cell, 0, maxCells),
		"下の帯":    said(single(cell, 0, maxStrip), "ここが止まっている日にも使えるもの"),
	}))
}

func linesForm() schema {
	keys := schema{}
	for name, ln := range lines {
		keys[name] = someOf(oneText(), ln.most())
	}
	return marked(pairs("決まったことばのファイル", []string{"決まったことば"}, schema{"決まったことば": pairs("決まったことば", nil, keys)}))
}

func exitsForm() schema { return pairs("出口のことば", nil, each(exitNames, texts)) }

func smallTalkForm() schema { return pairs("雑談のことば", nil, schema{"雑談": texts()}) }

func langsForm() schema { return pairs("ことばの名前", nil, each(langList(), texts)) }

func sayingsForm() schema {
	s := named(texts())
	s["propertyNames"] = schema{"pattern": halfName.String()}
	return said(s, "流れの名前と、住民の言い方")
}

func movesForm() schema {
	return schema{"type": "object", "additionalProperties": fits(`^[^/]+/[^/]+$`), "propertyNames": schema{"pattern": `^[^/]+/[^/]+$`},
		"description": "前の場面: いまの場面(okane/家賃: sumai/家賃)"}
}

// groupForm is なかま: words that stand for each other.
func groupForm() schema { return schema{"type": "object", "additionalProperties": texts()} }

func harshForm() schema {
	return pairs("きつい言葉", nil, schema{"なかま": groupForm(), "どれか": texts(), "ただし": texts()})
}

func urgentForm() schema {
	rule := pairs("決まり", []string{"番号", "何の", "どのくらい", "どれか", "わけ"}, schema{
		"番号":    said(fits(ruleName.String()), "ja-life-01 の形。ほかと重ならない"),
		"何の":    among(dangerWords...),
		"どのくらい": among("明らか", "気がかり"),
		"だれの":   oneText(),
		"どれか":   said(texts(), "見つけたいことば。どれかひとつ"),
		"どれも":   said(texts(), "いっしょに要ることば"),
		"ただし":   said(texts(), "そう見えて違うことば"),
		"例":     texts(), "ちがう例": texts(),
		"わけ": said(oneText(), "相談員に伝える理由"),
	})
	return pairs("急ぎのことば", []string{"決まり"}, schema{"なかま": groupForm(), "どの決まりでも外す言い方": texts(),
		"決まり": schema{"type": "array", "items": rule}})
}

func sheetForm() schema {
	var others []string
	for _, l := range langList() {
		if l != string(flows.Ja) {
			others = append(others, l)
		}
	}
	one := pairs("訳のひとつ", []string{"訳", "もと"}, schema{"訳": oneText(), "もと": said(fits(`^[0-9a-f]{4}$`), "日本語の文の印。check が教える")})
	s := marked(pairs("訳のファイル", []string{"訳", "ことば", "文"}, schema{
		"訳": said(halfNamed(), "何の訳か。ファイルの名前と同じ"), "ことば": among(others...),
		"文": schema{"type": "object", "additionalProperties": one}}))
	return s
}

func talkForm() schema {
	given := pairs("前提", []string{"時刻"}, schema{"ことば": among(langList()...),
		"時刻":  said(fits(`^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$`), "2026-12-05 02:10 の形"),
		"相談員": among("いる", "不在")})
	handed := pairs("つながる", nil, schema{"先": oneText(), "急ぎ": yesOrNo(), "返事の目安": oneText(), "話題": oneText()})
	steps := each(append(append([]string(nil), happens...), expects...), texts)
	steps["つながる"] = schema{"oneOf": []schema{oneText(), handed}}
	step := pairs("やりとり", nil, steps)
	step["minProperties"], step["maxProperties"] = 1, 1
	return pairs("試しのファイル", []string{"試し", "前提", "やりとり"}, schema{"試し": oneText(), "前提": given,
		"やりとり": said(schema{"type": "array", "items": step}, "起きることと、たしかめることを、一行にひとつ"),
		"必ず":   someOf(among(musts...), 0)})
}
