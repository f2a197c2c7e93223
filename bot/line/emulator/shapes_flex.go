package emulator

// placed is what most Flex components say about where they stand.
func placed(own shape) shape {
	return own.with(shape{
		"margin": like(pxOrWord), "position": one("relative", "absolute"),
		"offsetTop": like(offsetLike), "offsetBottom": like(offsetLike), "offsetStart": like(offsetLike), "offsetEnd": like(offsetLike),
	})
}

var flexShapes = map[string]shape{
	"FlexCarousel": {"contents": list("FlexBubble", 1, 12).needed()},
	"FlexBubble": {
		"direction": one("ltr", "rtl"), "size": one("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
		"styles": object("FlexBubbleStyles"), "header": object("FlexBox"), "hero": object("FlexComponent"),
		"body": object("FlexBox"), "footer": object("FlexBox"), "action": object("Action"),
	},
	"FlexBubbleStyles": {
		"header": object("FlexBlockStyle"), "hero": object("FlexBlockStyle"), "body": object("FlexBlockStyle"), "footer": object("FlexBlockStyle"),
	},
	"FlexBlockStyle": {"backgroundColor": like(colorLike), "separator": flag(), "separatorColor": like(colorLike)},
	"FlexBox": placed(shape{
		"layout": one("horizontal", "vertical", "baseline").needed(), "contents": list("FlexComponent", 0, 0).needed(),
		"flex": whole(0, 0), "spacing": like(pxOrWord),
		"backgroundColor": like(colorLike), "borderColor": like(colorLike), "borderWidth": like(borderLike), "cornerRadius": like(pxOrWord),
		"width": like(lengthLike), "maxWidth": like(lengthLike), "height": like(lengthLike), "maxHeight": like(lengthLike),
		"paddingAll": like(padLike), "paddingTop": like(padLike), "paddingBottom": like(padLike),
		"paddingStart": like(padLike), "paddingEnd": like(padLike),
		"action":         object("Action"),
		"justifyContent": one("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
		"alignItems":     one("center", "flex-start", "flex-end"),
		"background":     object("FlexBoxBackground"),
	}),
	"FlexBoxLinearGradient": {
		"angle": like(angleLike).needed(), "startColor": like(colorLike).needed(), "endColor": like(colorLike).needed(),
		"centerColor": like(colorLike), "centerPosition": like(percent),
	},
	"FlexButton": placed(shape{
		"action": object("Action").needed(), "flex": whole(0, 0), "color": like(colorLike), "style": one("primary", "secondary", "link"),
		"gravity": one("top", "bottom", "center"), "height": one("md", "sm"), "adjustMode": one("shrink-to-fit"), "scaling": flag(),
	}),
	"FlexImage": placed(shape{
		"url": link(2000).needed(), "flex": whole(0, 0), "align": one("start", "end", "center"), "gravity": one("top", "bottom", "center"),
		"size": like(imageLike), "aspectRatio": like(ratioLike), "aspectMode": one("fit", "cover"), "backgroundColor": like(colorLike),
		"action": object("Action"), "animated": flag(),
	}),
	"FlexVideo": {
		"url": link(2000).needed(), "previewUrl": link(2000).needed(), "altContent": object("FlexComponent").needed(),
		"aspectRatio": like(ratioLike), "action": object("Action"),
	},
	"FlexIcon": placed(shape{
		"url": link(2000).needed(), "size": like(fontLike), "aspectRatio": like(ratioLike), "scaling": flag(),
	}),
	"FlexText": placed(shape{
		"text": str(0), "contents": list("FlexSpan", 0, 0), "flex": whole(0, 0), "size": like(fontLike),
		"align": one("start", "end", "center"), "gravity": one("top", "bottom", "center"), "color": like(colorLike),
		"weight": one("regular", "bold"), "style": one("normal", "italic"), "decoration": one("none", "underline", "line-through"),
		"wrap": flag(), "lineSpacing": like(linePx), "maxLines": whole(0, 0), "adjustMode": one("shrink-to-fit"),
		"scaling": flag(), "action": object("Action"),
	}),
	"FlexSpan": {
		"text": str(0), "size": like(fontLike), "color": like(colorLike), "weight": one("regular", "bold"),
		"style": one("normal", "italic"), "decoration": one("none", "underline", "line-through"),
	},
	"FlexSeparator": {"margin": like(pxOrWord), "color": like(colorLike)},
	"FlexFiller":    {"flex": whole(0, 0)},
}
