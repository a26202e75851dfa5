package detectors

import (
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// outputRefusal finds responses that decline what was asked.
func outputRefusal() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "output.refusal", Title: "Refusal", Category: review.CategoryOutput, OWASP: "LLM09:2025",
			Description: "Finds responses in which the model declines, in some fifteen languages. A refusal is no harm, so this monitors: many of them tell that somebody tries something, or that an App refuses what it should answer. " +
				"A refusal in the first sentences counts for more than one further down.",
			Examples: []string{"I'm sorry, but I can't help with that.", "Dabei kann ich leider nicht helfen."},
			Default:  review.Rule{Mode: review.ModeMonitor, Flag: 0.6},
		},
		New: func() (guard.Detector, error) {
			rules, err := newRuleset(refusalRules(), refusalWords())
			if err != nil {
				return nil, err
			}
			return &plainRules{
				rules: rules, kinds: []review.SegmentKind{review.SegmentResponse}, code: true,
				message: "The response declines", severity: review.SeverityLow, shift: opening, shown: true,
			}, nil
		},
	}
}

// refusalOpening is how far into a response a refusal is its answer, in bytes; later it
// is a remark, which laterRefusal takes from the log-odds.
const refusalOpening, laterRefusal = 300, -1.2

func opening(_ string, h hit) (float64, bool) {
	if h.start < refusalOpening {
		return 0, true
	}
	return laterRefusal, true
}

func refusalWords() vocabulary {
	return vocabulary{
		"help": `help|assist|provide|create|generate|write|share|support|fulfil{1,2}|complete|comply|give|offer|produce|answer|discuss|engage|participate|do that|continue|respond|disclose|reveal|show|tell`,
		"it":   `with (?:that|this|your|such|any|the|it|these|those)|you with|to (?:that|this|your)|that|this|such|instructions|information|content|guidance|advice|any|your request|in (?:that|this|any)|on (?:that|this)|details|the system|my (?:system|instructions|prompt)`,
	}
}

func refusalRules() []rule {
	return []rule{
		{"en-cannot", `\bi(?:'m| am)? (?:can(?:not|'t| not)|won't|will not|(?:am |'m )?(?:not able|unable) to|must decline to|(?:am |'m )?not (?:allowed|permitted|going|comfortable|willing) to|refuse to|have to decline to|shouldn't|could not|couldn't possibly) (?:\w+ ){0,3}(?:{help})\b(?: ~3(?:{it})\b)?`, 0.8},
		{"en-sorry", `\b(?:i'm|i am|we're|we are) (?:really |very |so |truly )?sorry,? (?:but (?:i|we|that|this|as an)|(?:i|we) (?:can't|cannot|can not|won't|am unable|am not able|are unable))\b`, 0.75},
		{"en-apology", `\b(?:i|we|my) (?:sincerely )?apolog(?:ise|ize|ies),? (?:but|for any)\b ~6(?:can't|cannot|unable|not able|won't)\b`, 0.8},
		{"en-as-ai", `\bas an? (?:ai|artificial intelligence|large language model|language model|responsible ai|assistant)\b[^.\n]{0,60}\b(?:can't|cannot|can not|unable|not able|won't|don't|do not|not (?:allowed|permitted|appropriate)|must)\b`, 0.82},
		{"en-against", `\b(?:goes|is|would be|that's|it's) (?:against|contrary to|in violation of) (?:my|our|the|openai|openai's|company) (?:\w+ ){0,3}(?:guidelines|policy|policies|programming|principles|rules|values|terms)\b|\bviolat(?:es?|ing) (?:my|our|the|openai's) (?:\w+ ){0,2}(?:guidelines|polic(?:y|ies)|rules|terms)\b`, 0.75},
		{"en-nothing", `\b(?:that's|this is|that is|it's) (?:not )?(?:something|a request|a topic) (?:that )?i (?:can't|cannot|won't|am unable to|can not|'m not able to|can) (?:\w+ ){0,2}(?:{help})\b`, 0.7},
		{"en-decline", `\bi (?:must|have to|need to|will|would|'ll|politely|respectfully) (?:\w+ )?decline\b|\bmust respectfully decline\b|\bi'd rather not\b`, 0.78},
		{"de", `\b(?:ich kann|kann ich|das kann ich|ich darf|darf ich|ich werde)\b ~7(?:nicht|keine?n?|leider nicht) ~4(?:helfen|unterstutzen|weiterhelfen|beantworten|geben|erstellen|bereitstellen|verraten|teilen|nennen|schreiben|anbieten)\b|\bes tut mir leid,? (?:aber|doch|ich|das|dass)\b|\btut mir leid,? (?:aber|das kann|ich kann)`, 0.78},
		{"fr", `\bje (?:ne (?:peux|suis|dois|pourrai)|n'ai) pas ~4(?:vous |t')?(?:aider|repondre|fournir|donner|autorise|mesure|creer|ecrire|partager|le droit)\b|\bje suis (?:vraiment )?(?:desolee?|navree?),? (?:mais|je|ceci)\b|\bdesolee?,? (?:mais )?je ne (?:peux|suis)`, 0.78},
		{"es", `\b(?:no (?:puedo|debo|podre)|no (?:me es posible|estoy autorizad[oa] (?:a|para))) ~3(?:ayudar(?:te|le|los)?|proporcionar\w*|dar(?:te|le)?|responder|compartir|crear|generar|escribir|ofrecer\w*|cumplir|hacer eso)\b|\blo siento,? (?:mucho,? )?(?:pero|no puedo)\b`, 0.78},
		{"pt", `\bnao (?:posso|consigo|devo|estou autorizad[oa] a) ~3(?:ajuda-?(?:r|lo|la)?\w*|fornecer|dar|responder|compartilhar|criar|gerar|escrever|atender|fazer isso)\b|\b(?:desculpe|lamento|sinto muito),? (?:mas|nao posso)\b`, 0.78},
		{"it", `\bnon (?:posso|sono in grado di|mi e possibile|sono autorizzat[oa] a) ~3(?:aiutar(?:ti|la|vi|e)|fornir\w+|dar(?:ti|e)|risponder\w+|condivider\w+|crear\w+|generar\w+|scriver\w+|farlo)\b|\bmi (?:dis)?spiace,? (?:ma|non posso)\b`, 0.78},
		{"nl", `\bik (?:kan|mag|zal) ~6(?:niet|geen) ~4(?:helpen|geven|beantwoorden|delen|verstrekken|maken|schrijven)\b|\bhet spijt me,? (?:maar|ik|dat)\b|\bsorry,? (?:maar )?(?:ik kan|daar kan ik)`, 0.76},
		{"pl", `\bnie (?:moge|jestem w stanie|wolno mi) ~4(?:pomoc|udzielic|odpowiedziec|podac|udostepnic|stworzyc|napisac|spelnic|tego zrobic)\b|\bprzykro mi,? (?:ale|nie moge)\b|\bprzepraszam,? (?:ale )?nie moge`, 0.78},
		{"tr", `\b(?:uzgunum|maalesef|ozur dilerim),? ~10\w*(?:yardimci olamam|yardimci olamiyorum|yapamam|yapamiyorum|veremem|saglayamam|paylasamam|yanitlayamam)\b|\bbu konuda (?:size |sana )?yardimci olam(?:am|iyorum)`, 0.8},
		{"sv", `\b(?:jag kan (?:tyvarr )?inte|jag far inte|kan jag (?:tyvarr )?inte) ~3(?:hjalpa|ge|svara|dela|skapa|skriva)\b|\bjag kan (?:desvaerre |dessverre )?ikke ~3(?:hjaelpe|hjelpe|give|gi|svare|dele)\b`, 0.76},
		{"ru", `(?:я )?не (?:могу|можем|буду|в состоянии|имею права) (?:\p{L}+ ){0,3}(?:помочь|помогать|предоставить|ответить|поделиться|создать|написать|выполнить|раскрыть|дать|обсуждать|этого сделать)|(?:извините|простите|к сожалению|прошу прощения),? (?:но )?(?:я )?не (?:могу|можем|буду)`, 0.8},
		{"uk", `(?:я )?не можу (?:\p{L}+ ){0,3}(?:допомогти|надати|відповісти|поділитися|створити|написати)|(?:вибачте|на жаль),? (?:але )?(?:я )?не можу`, 0.8},
		{"zh", `(?:我(?:们)?|本人)?(?:不能|无法|無法|不便|不可以|没办法|沒辦法)[^。!?\n]{0,16}(?:提供|帮助|幫助|协助|協助|回答|满足|滿足|透露|分享|生成|完成|参与|配合|这样做)|(?:抱歉|对不起|對不起|很遗憾|很抱歉),?[^。\n]{0,12}(?:不能|无法|無法|不便)`, 0.8},
		{"ja", `(?:お(?:手伝い|答え|応え)|提供|回答|お教え|共有|生成|作成|対応|協力)[^。\n]{0,12}(?:できません|できかねます|いたしかねます|することはできません|出来ません)|申し訳(?:ありません|ございません)[^。\n]{0,40}(?:できません|かねます|ません)`, 0.8},
		{"ko", `(?:도와드릴|제공할|답변할|답변드릴|공유할|알려드릴|생성할|작성할|도움을 드릴|응할|들어드릴) ?수 ?(?:가 |는 )?없(?:습니다|어요|음)|(?:죄송|미안)[^.\n]{0,40}(?:없습니다|어렵습니다|없어요)`, 0.8},
		{"ar", `(?:لا استطيع|لا يمكنني|لا اقدر|لن اتمكن من|لست قادرا علي|لا يمكنني ان) (?:\S+ ){0,3}(?:مساعد\S*|تقديم|الاجابه|الاجابة|توفير|مشارك\S*|كتاب\S*|انشاء|القيام)|(?:عذرا|اسف|اعتذر|للاسف)[،,]? (?:\S+ ){0,4}(?:لا استطيع|لا يمكنني|لن)`, 0.8},
		{"hi", `(?:मैं|मै) [^।\n]{0,60}(?:मदद|सहायता|जानकारी|उत्तर|जवाब)[^।\n]{0,30}(?:नहीं (?:कर|दे) सक|असमर्थ)|(?:क्षमा करें|माफ़ करें|माफ करें|खेद है)[^।\n]{0,60}(?:नहीं|असमर्थ)`, 0.78},
		{"vi", `\b(?:toi|minh) (?:khong the|rat tiec khong the|khong duoc phep) (?:\w+ ){0,3}(?:giup|cung cap|tra loi|chia se|tao|viet|ho tro)\b|\bxin loi,? (?:nhung )?(?:toi|minh) khong the`, 0.78},
		{"id", `\bsaya tidak (?:dapat|bisa|boleh) (?:\w+ ){0,2}(?:membantu|memberikan|menjawab|menyediakan|membagikan|membuat|menulis)\b|\b(?:maaf|mohon maaf),? (?:tetapi |tapi |namun )?saya tidak`, 0.78},
	}
}
