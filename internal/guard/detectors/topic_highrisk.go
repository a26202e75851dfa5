package detectors

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// topicHighrisk finds questions where a wrong answer does harm.
func topicHighrisk() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "topic.highrisk", Title: "High-risk topic", Category: review.CategoryTopic, OWASP: "LLM09:2025",
			Description: "Finds medical, legal, financial and safety questions that somebody asks for themselves or for somebody near, in fifteen languages, so that a person looks at what the model said. " +
				"Danger to life comes before all else and always reaches the default threshold; general knowledge about the same topics does not.",
			Examples: []string{
				"I have chest pain and my left arm is numb, what should I take?",
				"Should I plead guilty at my hearing tomorrow?",
				"Ich will nicht mehr leben.",
			},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.7},
		},
		New: func() (guard.Detector, error) {
			rules := topicRules()
			set, err := newRuleset(rules, topicWords())
			if err != nil {
				return nil, err
			}
			self, err := regexp.Compile(selfExpr)
			if err != nil {
				return nil, err
			}
			return &topic{rules: set, self: self}, nil
		},
	}
}

type topic struct {
	rules *ruleset
	self  *regexp.Regexp
}

// selfExpr tells that somebody speaks of themselves or of somebody near.
const selfExpr = `\b(?:help|he's|she's|he is|she is|husband|wife|baby|i|i'm|i've|me|my|mine|we|our|us|ich|mir|mich|mein\w*|wir|unser\w*|je|j'ai|mon|ma|mes|moi|nous|notre|yo|mi|mis|tengo|me|nuestr\w+|eu|meu|minha|tenho|io|mio|mia|ho|ik|mijn|heb|ja|moj\w*|mam|ben|benim|bana)\b` +
	`|(?:^|\s)(?:я|мне|меня|мой|моя|мое|моего|моей|у нас|мы)(?:\s|$)|我|私|僕|俺|저는|저의|나는|내가|제가|제 |انا|لدي|عندي|मैं|मुझे|मेरे|मेरी|मेरा`

// ownConcern is added to the log-odds when the asker is concerned, distant taken away
// when not; reachSelf is how near that is to be told, in bytes.
const (
	ownConcern, distant = 0.9, -0.7
	reachSelf           = 100
)

// topicMessages say what each topic is, by the first part of a rule's name.
func topicMessages() map[string]string {
	return map[string]string{
		"safety":    "Speaks of danger to life or health",
		"medical":   "Asks for medical advice",
		"legal":     "Asks for legal advice",
		"financial": "Asks for financial advice",
	}
}

// Detect looks at every folded view. What operators write into the system prompt is
// about the topic, never a case of it.
func (t *topic) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	if in.Segment.Kind == review.SegmentSystem {
		return nil, nil
	}
	messages := topicMessages()
	var out []review.Finding
	for _, v := range in.Views.Plain() {
		hits, complete, err := t.rules.find(ctx, v.Text, allowanceOf(in, t.rules))
		if err != nil {
			return nil, fmt.Errorf("looking for topics: %w", err)
		}
		if !complete {
			out = append(out, tooMuch(review.SeverityMedium))
		}
		for _, h := range hits[:min(len(hits), maxPerView)] {
			rule := t.rules.rules[h.rule]
			kind, _, _ := strings.Cut(rule.name, ".")
			severity := review.SeverityMedium
			odds := logit(rule.weight)
			if kind == "safety" {
				severity = review.SeverityHigh
			}
			if !rule.certain() {
				odds += t.concern(v.Text, h.start, h.end)
			}
			if in.Segment.Kind != review.SegmentPrompt {
				odds-- // documents and answers treat topics; people have them
			}
			out = append(out, guard.Found(v, h.start, h.end, severity, sigmoid(odds), messages[kind]))
		}
	}
	return out, nil
}

// certain rules hold whoever is concerned: nobody asks in general terms how to die.
func (r rule) certain() bool { return strings.HasPrefix(r.name, "safety.suicide") }

func (t *topic) concern(text string, start, end int) float64 {
	near := text[boundary(text, max(start-reachSelf, 0)):max(boundary(text, end+reachSelf), end)]
	if t.self.MatchString(near) {
		return ownConcern
	}
	return distant
}

func topicWords() vocabulary {
	return vocabulary{
		"ask":  `should|can|could|may|is it (?:safe|ok|okay|bad|dangerous|normal|legal|illegal|allowed)|how (?:much|many|do|can|long|should)|what (?:should|can|do|is the|to|happens|are my)|do i|am i|will i|would|which|need|how to|help`,
		"drug": `ibuprofen|paracetamol|acetaminophen|tylenol|aspirin|insulin|warfarin|metformin|xanax|alprazolam|lisinopril|prozac|fluoxetine|sertraline|zoloft|lithium|amoxicillin|antibiotics?|antidepressants?|opioids?|oxycodone|morphine|tramadol|benzodiazepines?|valium|diazepam|adderall|ritalin|methotrexate|blood thinners?|statins?|steroids?|prednisone|melatonin|painkillers?|sleeping pills?|medications?|medicine|chemotherapy|anticoagulants?`,
		"ill":  `chest pain|chest pressure|shortness of breath|stroke|heart attack|seizures?|overdos\w+|tumou?rs?|cancer|diabetes|blood pressure|blood sugar|miscarriage|bleeding|fever|rash|lump|migraines?|depression|anxiety attacks?|panic attacks?|infection|pneumonia|concussion|allergic reaction|anaphyla\w+|numb(?:ness)?|dizz(?:y|iness)|vomiting|fainted|palpitations|symptoms?|pregnan(?:t|cy)|std|hiv|suicidal`,
		"near": `my|our|his|her|the|a|an|this`,
		"kin":  `baby|child|son|daughter|toddler|kid|wife|husband|mother|father|mom|dad|partner|friend|grandmother|grandfather|infant|newborn`,
	}
}

func topicRules() []rule {
	return []rule{
		{"safety.suicide-en", `\b(?:kill(?:ing)? myself|end(?:ing)? my (?:own )?life|want(?:ed)? to die|wanna die|commit(?:ting)? suicide|suicidal|self[ -]?harm(?:ing)?|hurt(?:ing)? myself|cut(?:ting)? myself|don't want to (?:live|be alive)|do not want to (?:live|be alive)|better off dead|no reason to live|take my own life|suicide (?:note|method|plan)s?)\b`, 0.86},
		{"safety.suicide-other", `\b(?:suizid\w*|selbstmord\w*|mich umbringen|nicht mehr leben|mir das leben nehmen|selbst verletz\w*|me suicider|me tuer|envie de mourir|mettre fin a mes jours|plus envie de vivre|suicidarme|matarme|quitarme la vida|no quiero vivir|quiero morir|me matar|tirar (?:a )?minha vida|quero morrer|nao quero (?:mais )?viver|uccidermi|suicidarmi|togliermi la vita|voglio morire|non voglio (?:piu )?vivere|zelfmoord|mezelf (?:doden|pijn)|niet meer leven|wil dood|samoboj\w*|zabic sie|nie chce (?:juz )?zyc|chce umrzec|intihar|kendimi oldur\w*|yasamak istemiyorum|olmek istiyorum)\b`, 0.84},
		{"safety.suicide-script", `(?:покончить с собой|самоубийств\p{L}*|не хочу (?:больше )?жить|убить себя|хочу умереть|自杀|自殺|不想活|想死|結束生命|结束生命|死にたい|リストカット|消えたい|자살|죽고 싶|자해|انتحار|اقتل نفسي|لا اريد ان اعيش|اريد ان اموت|आत्महत्या|मरना चाहत|जीना नहीं चाहत)`, 0.84},
		{"safety.emergency-en", `\b(?:gas leak|smell gas|carbon monoxide|co alarm|can't breathe|cannot breathe|not breathing|stopped breathing|unconscious|unresponsive|chok(?:ing|ed)|swallowed (?:bleach|a battery|batteries|poison|pills|detergent|a magnet)|drank (?:bleach|antifreeze|poison)|poisoned|overdosed|overdosing|took too many (?:pills|tablets)|electrocuted|drowning|anaphyla\w+|heart attack|having a stroke|bleeding (?:heavily|out|badly|won't stop)|being (?:followed|stalked|abused)|someone is trying to (?:kill|break))\b`, 0.74},
		{"safety.emergency-other", `\b(?:gasgeruch|gasleck|kohlenmonoxid|bekomme keine luft|vergiftet|bewusstlos|herzinfarkt|schlaganfall|fuite de gaz|monoxyde de carbone|n'arrive (?:pas|plus) a respirer|inconscient\w*|crise cardiaque|fuga de gas|monoxido de carbono|no puedo respirar|inconsciente|infarto|envenenad[oa]|vazamento de gas|nao consigo respirar|fuga di gas|non riesco a respirare|gaslek|koolmonoxide|kan niet ademen|hartaanval|czad|wyciek gazu|nie moge oddychac|zawal serca|gaz kacagi|nefes alamiyorum|kalp krizi)\b|утечк\p{L}* газа|угарн\p{L}* газ|не могу дышать|без сознания|сердечн\p{L}* приступ|煤气泄漏|一氧化碳|无法呼吸|喘不过气|昏迷|中毒了|心脏病发作|ガス漏れ|一酸化炭素|息ができない|意識がない|心臓発作|가스 ?누출|일산화탄소|숨을 쉴 수|의식이 없|심장마비|تسرب الغاز|لا استطيع التنفس|فاقد الوعي|نوبه قلبيه|نوبة قلبية|गैस लीक|सांस नहीं|बेहोश|दिल का दौरा`, 0.66},
		{"safety.make-danger", `\b(?:mix(?:ing)?|combine) (?:bleach|ammonia|chlorine|vinegar|hydrogen peroxide|acid)s? (?:and|with) \w+`, 0.6},
		{"medical.dose-en", `\b(?:how (?:much|many)|what (?:dose|dosage)|max(?:imum)? (?:dose|dosage)|safe (?:dose|dosage|amount)|double (?:dose|my dose)|dosage|overdose) ~6{drug}\b`, 0.66},
		{"medical.take-en", `\b(?:should i|can i|could i|may i|is it (?:safe|ok|okay|dangerous|bad) to|do i need to|am i allowed to) ~3(?:take|taking|mix|stop|stopping|drink|combine|skip|double|use|give|quit) ~6{drug}\b`, 0.7},
		{"medical.symptom-en", `\b(?:i have|i've had|i've got|i am having|i'm having|i feel|i'm feeling|i got|having|suffer(?:ing)? from|experiencing|diagnosed with|i think i have) ~4{ill}\b`, 0.55},
		{"medical.kin-en", `\b(?:{near}) (?:\w+ ){0,3}{kin} (?:has|is|have|had|was|swallowed|ate|drank|took|can't|won't) ~5{ill}\b`, 0.55},
		{"medical.diagnosis-en", `\b(?:diagnose (?:me|my|this)|do i have (?:cancer|diabetes|covid|adhd|autism|depression|an infection|a stroke)|is (?:this|my|it) (?:\w+ ){0,2}(?:cancerous|malignant|infected|contagious|cancer)|interpret my (?:blood|lab|test|mri|scan|x-?ray)|what(?:'s| is) wrong with me|should i (?:see a doctor|go to (?:the )?(?:er|hospital|doctor))|stop (?:taking )?my (?:meds|medication|medicine|insulin|antidepressants?|treatment))\b`, 0.6},
		{"medical.other", `\b(?:wie viel\w*|welche dosis|darf ich|soll ich|kann ich) ~5(?:ibuprofen|paracetamol|insulin|antibiotik\w*|schmerzmittel|medikament\w*|tabletten|antidepressiv\w*|aspirin)|(?:brustschmerz\w*|meine diagnose|nebenwirkung\w*|uberdosis)|(?:quelle dose|combien|puis-je|dois-je) ~5(?:ibuprofene|paracetamol|insuline|antibiotiques?|medicaments?|comprimes|doliprane)|(?:douleurs? (?:a|dans) la poitrine|surdose)|(?:que dosis|cuant\w+|puedo|debo) ~5(?:tomar|ibuprofeno|paracetamol|insulina|antibioticos?|medicamentos?|pastillas)|(?:dolor (?:en|de) (?:el )?pecho|sobredosis)|(?:qual (?:a )?dose|quant\w+|posso|devo) ~5(?:tomar|ibuprofeno|paracetamol|insulina|antibioticos?|remedios?|comprimidos)|(?:dor no peito)|(?:quale dose|posso|devo) ~5(?:prendere|ibuprofene|paracetamolo|tachipirina|insulina|antibiotici|farmac\w+)|(?:dolore al petto)|(?:mag ik|moet ik|hoeveel) ~5(?:ibuprofen|paracetamol|insuline|antibiotica|medicijn\w*|slikken)|(?:pijn op de borst)|(?:czy moge|jaka dawk\w*|ile) ~5(?:wziac|ibuprofen\w*|paracetamol\w*|insulin\w*|antybiotyk\w*|lek\w*|tabletek)|(?:bol w klatce)|(?:gogus agrisi|kac (?:tane )?(?:ilac|tablet|hap))`, 0.6},
		{"medical.script", `(?:какую дозу|сколько таблеток|можно ли (?:мне )?(?:принимать|пить)|боль в груди|мой диагноз|吃多少|剂量|劑量|胸痛|可以吃.{0,8}药|可以吃.{0,8}藥|我是不是得了|副作用.{0,6}怎么|何錠|服用量|胸が痛|薬を飲んで|복용량|가슴 통증|가슴이 아프|약을 먹어도|몇 알|جرعه|جرعة|الم في الصدر|هل يمكنني تناول|कितनी गोलियां|खुराक|सीने में दर्द|दवा ले सकत)`, 0.6},
		{"legal.advice-en", `\b(?:should i|can i|do i have to|am i|could i|will i|would i|may i|how (?:do|can) i|is it legal (?:for me )?to|is it illegal (?:for me )?to|what happens if i) ~5(?:sue|sued|plead|press charges|get (?:arrested|deported|evicted|sued)|go to (?:jail|prison|court)|evict\w*|liable|deport\w*|contest (?:the|a|my) (?:will|ticket|charge)|sign (?:the|this|a|an) (?:contract|settlement|agreement|nda|lease|waiver|plea)|break (?:my|the) lease|testify|appeal|file (?:for )?(?:bankruptcy|divorce|custody|a lawsuit|a restraining order)|hire a lawyer|talk to (?:the )?police|refuse a breathalyzer|legally|overstay\w*)\b`, 0.66},
		{"legal.case-en", `\bmy (?:\w+ ){0,2}(?:custody (?:case|battle|hearing)|lawsuit|court (?:date|hearing|case)|divorce|criminal (?:case|charge|record)|dui|visa (?:status|application|denial)|asylum (?:case|claim)|deportation|eviction|landlord|employer|arrest|immigration (?:case|status)|restraining order|probation|parole|plea)\b ~8(?:should|can|legal|rights|illegal|sue|lawyer|court|evict\w*|fired|refus\w*|won't|charges?|guilty|appeal)\b`, 0.6},
		{"legal.charged-en", `\b(?:i (?:was|am|got|have been|'ve been|'m being) (?:charged|arrested|sued|subpoenaed|served|accused|indicted|wrongfully (?:fired|terminated)|deported|evicted)|being sued|plead guilty|statute of limitations (?:on|for) my)\b`, 0.62},
		{"legal.other", `\b(?:soll ich|kann ich|darf ich|muss ich) ~6(?:klagen|verklagen|anzeigen|anzeige erstatten|kundigen|aussagen|unterschreiben|widerspruch|einen anwalt)|(?:mein vermieter|meine kundigung|mein sorgerecht|scheidung einreichen|bin ich (?:haftbar|strafbar))|(?:dois-je|puis-je|ai-je le droit) ~6(?:porter plainte|poursuivre|attaquer|signer|divorcer|licenci\w+|un avocat)|(?:mon proprietaire|garde de mes enfants)|(?:debo|puedo|deberia) ~6(?:demandar|denunciar|declararme culpable|firmar|divorciarme|un abogado|apelar)|(?:la custodia de mis|mi arrendador)|(?:devo|posso) ~6(?:processar|denunciar|assinar|divorciar|um advogado|fare causa|denunciare|firmare|un avvocato)|(?:guarda dos meus|mio padrone di casa)|(?:moet ik|kan ik|mag ik) ~6(?:aanklagen|aangifte|tekenen|scheiden|een advocaat)|(?:czy powinienem|czy moge) ~6(?:pozwac|podpisac|rozwod\w*|zlozyc pozew|adwokat\w*)|(?:dava acabilir miyim|avukat tut\w*|bosanma davasi)`, 0.6},
		{"legal.script", `(?:подать в суд|стоит ли мне подписывать|признать вину|мой (?:арендодатель|работодатель) .{0,20}уволил|опек\p{L}* над ребенком|起诉|起訴|打官司|离婚.{0,8}财产|離婚.{0,8}財產|我.{0,6}犯法|該不該簽|该不该签|訴えるべき|訴えられ|示談|親権|고소(?:해야|당했|할 수)|이혼 ?소송|양육권|계약서에 서명해야|ارفع دعوي|ارفع دعوى|حضانه|حضانة|هل يحق لي قانون|मुकदमा|तलाक|कानूनी सलाह|जमानत)`, 0.58},
		{"financial.invest-en", `\b(?:should i|can i|could i|is it (?:smart|wise|safe|a good idea|worth it) to|how (?:do|can|should) i) ~4(?:invest|buy|sell|short|put|withdraw|cash out|borrow|refinance|remortgage|liquidate|move|transfer|take out|roll over|gamble) ~7(?:savings|retirement|401k?|ira|pension|stocks?|shares|crypto\w*|bitcoin|btc|ethereum|nft\w*|options|mortgage|loan|house|inheritance|index funds?|etf\w*|bonds|forex|margin|gold|life insurance|annuity|tesla|nvidia|dogecoin)\b`, 0.62},
		{"financial.all-en", `\b(?:all (?:of )?my (?:\w+ )?(?:savings|money|pension|retirement)|my (?:life|entire) savings|my (?:whole|entire) (?:pension|401k|retirement)|max(?:ed)? out my credit cards?|declare bankruptcy|guaranteed returns?|stop paying my (?:mortgage|loan|debt)|payday loan|behind on my mortgage)\b`, 0.58},
		{"financial.tax-en", `\b(?:hide (?:income|money|assets) from (?:the )?(?:irs|tax\w*)|avoid paying tax\w*|do i owe tax\w*|how much tax (?:do|will) i|evade tax\w*|not report(?:ing)? (?:my )?(?:income|crypto)|irs audit|tax fraud)\b`, 0.56},
		{"financial.other", `\b(?:soll ich|kann ich|lohnt (?:es )?sich) ~8(?:investieren|anlegen|aktien|kredit\w*|bitcoin|krypto\w*|altersvorsorge|ersparnisse|hypothek|etf\w*)|(?:dois-je|puis-je) ~6(?:investir|acheter des actions|placer|economies|bitcoin|pret|credit)|(?:debo|deberia|puedo) ~6(?:invertir|comprar acciones|ahorros|bitcoin|hipoteca|prestamo)|(?:devo|posso|conviene) ~6(?:investir\w*|comprar acoes|minhas economias|bitcoin|emprestimo|azioni|risparmi|mutuo)|(?:moet ik|zal ik) ~6(?:investeren|beleggen|spaargeld|hypotheek|bitcoin|lening)|(?:czy (?:warto|powinienem)) ~6(?:zainwestowac|oszczednosci|akcje|kredyt|bitcoin)|(?:yatirim yap\w*|birikimimi|kredi cekmeli) ~3(?:mi\w*|bitcoin|hisse|borsa)`, 0.58},
		{"financial.script", `(?:стоит ли (?:мне )?(?:вкладывать|инвестировать|покупать акции|брать (?:кредит|ипотеку))|все мои сбережения|应该(?:投资|买.{0,6}(?:股票|基金|比特币)|贷款)|應該(?:投資|買.{0,6}(?:股票|基金|比特幣)|貸款)|我的(?:全部)?(?:积蓄|積蓄|养老金|存款).{0,10}(?:投|买|買)|投資すべき|全財産|老後資金|株を買うべき|借金を返|투자해야|전 ?재산|대출을 받아야|주식을 사야|هل (?:استثمر|اشتري اسهم)|كل مدخراتي|निवेश कर|सारी बचत|शेयर खरीद|लोन लेना चाहिए)`, 0.58},
	}
}
