"""How customers ask, in one place: verbs, reasons, and the words that make a request more than a rule can decide."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

from baton.contracts.enquiry import IntentKind

from .words import word_set

I = re.IGNORECASE  # noqa: E741 - the flag of every pattern here

ORDER_NUMBER = re.compile(
    r"(?<![\w#])#\s?(?P<hash>[A-Z]{0,4}-?\d{3,12})\b"
    r"|(?<![\w@.-])(?P<bare>(?!R\d)[A-Z]{1,3}-?\d{4,12})\b(?!@|-\w)"
    r"|\border(?:\s+(?:number|no\.?|nr\.?|num|id|ref(?:erence)?))?\s*(?:is|was|:|=)?\s*(?P<said>[A-Z]{0,4}-?\d{4,12})\b",
    I,
)

# Ways of being polite or of closing a mail that look like conditions or questions and are neither.
COURTESIES = re.compile(
    r"\b(?:"
    r"i (?:was|am|'m) (?:just )?(?:wondering|hoping) (?:if|whether|that)(?= (?:you|i|it)\b)"
    r"|i wonder(?:ed)? if(?= (?:you|i)\b(?! can find))"
    r"|(?:please )?let me know (?:if|when|whether|once|how|what) (?:you|it|this|that|there|i|the)[^.!?;\n]*"
    r"|(?:please )?(?:let me know|advise|confirm(?: (?:once|when|this|that|by (?:e-?mail|return))[^.!?;\n]*)?)(?=[\s,]*(?:[.!?\n]|$))"
    r"|(?:if|should) you (?:need|require|have) (?:any|more|anything|further)[^.!?;\n]*"
    r"|if (?:you (?:could|can|would|don't mind|do not mind|please)|that is (?:ok|okay|possible|alright|fine)"
    r"|that's (?:ok|okay|possible|alright|fine)|(?:at all )?possible|it's (?:ok|okay|possible|not too much trouble)|i may)\b"
    r"|is that (?:ok|okay|possible|alright)\b"
    r"|(?:can|could|would|will) you (?:please )?(?:help|assist)(?: me)?(?: (?:out|please|with (?:that|this|it)))*(?= *[.?!,\n]|$)"
    r"|(?:please )?(?:help|assist)(?: me)?(?= *[.?!\n]|$)"
    r"|(?:i )?(?:hope|trust) (?:you|this|all|that|everything)[^.!?;\n]*"
    r"|(?:have|enjoy) a (?:great|good|nice|lovely|lekker|wonderful)[^.!?;\n]*"
    r"|before (?:you|it|they|this|the order|my order) (?:ships?|sends?|dispatch(?:es)?|posts?|goes out|leaves?|(?:is|are|gets?) (?:shipped|sent|dispatched))(?: (?:it|them|out|the order|the parcel))?"
    r"|(?:just )?(?:two|three|2|3|a few|a couple of) (?:things|requests|queries|matters)(?: please| pls)?(?= *[:.,])"
    r"|(?:i )?(?:look|looking) forward to[^.!?;\n]*"
    r"|thank(?:s| you) for (?:\w+ing)\b[^.!?;\n]*"
    r"|(?:please |kindly )?note that|(?:please )?(?:see|find) (?:below|above|attached)(?: and (?:assist|advise|help))?|(?:please )?(?:assist|advise)"
    r"|(?:many )?thank(?:s| you)(?: (?:so much|very much|a lot|in advance|again|kindly|for your (?:help|time|assistance|patience|understanding)))*"
    r"|(?:kindly |please |just ){0,2}(?:(?:can|could|would|will) (?:you|someone) )?(?:please |kindly |just ){0,2}(?:confirm|acknowledge)(?: (?:receipt|that you (?:got|received) (?:this|it)"
    r"|(?:once|when) (?:(?:this|it)(?: has been| is|'s) |all )?(?:done|sorted|processed|finali[sz]ed|completed?|cancell?ed))(?: of (?:this|my)(?: e-?mail| mail| message| request)?)?)?(?: please| pls)?(?=[\s,]*(?:[.!?;\n]|$))"
    r"|(?:i(?:'ll| will)? ?(?:be |am )?)?(?:a?wait(?:ing)?)(?: for)? (?:your|ur)(?: (?:urgent|soonest|prompt|quick|kind|swift)){0,3} (?:reply|response|feedback|answer|confirmation)"
    r"|(?:i )?(?:hop(?:e|ing) to|will) hear (?:from|back from) you(?: all)?(?: (?:soon|shortly|asap))?"
    r"|(?:please |kindly ){1,2}(?:revert|get back to me|respond|reply|come back to me)(?: (?:asap|soon|back|urgently|to me|today|please)){0,3}(?=[\s,]*(?:[.!?;\n]|$))"
    r"|(?:have|enjoy) (?:a |an |the |your )(?:\w+ )?(?:day|week|weekend|evening|afternoon|morning|one|rest of)\b[^.!?;\n]{0,25}|happy (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:and )?how (?:are|r) (?:you|u|things)(?: (?:doing|keeping|today|all|guys)){0,3}|how(?:'s| is) (?:it going|things)|to whom(?:so ?ever)? (?:it|this) may concern"
    r"|sent (?:from|via|with) (?:my |the )?(?:i ?phone|i ?pad|samsung|huawei|galaxy|android|mobile|phone|cell(?:phone)?|outlook|gmail|yahoo)(?: \w+){0,4}"
    r"|(?:thanks|thank you|thanx|thx|tx|tks|thnx|cheers|ta)(?: (?:so long|a (?:mil(?:lion)?|bunch|ton|lot)|guys|team|everyone|again)){1,3}|(?:baie )?dankie(?: (?:vir|by voorbaat|julle)[^.!?;\n]{0,20})?|(?:enkosi|siyabonga|ngiyabonga|ndiyabulela|ke a leboha|kea leboga)(?: kakhulu| khulu)?"
    r"|much appreciated|appreciate (?:it|your help|the help)|sorry (?:for|about) (?:the|this|any) (?:trouble|inconvenience|bother|hassle)"
    r"|good (?:day|morning|afternoon|evening)|(?:hi|hello|hallo|hullo|hey|heita|howzit|goeie (?:dag|m[oô]re|middag|naand)|dear|molo|sawubona|dumela)(?: (?:there|team|all|everyone|guys|sir|madam|customer (?:care|service)))*"
    r")\b",
    I,
)

# Idioms that hold a verb of a request without asking for anything.
IDIOMS = re.compile(
    r"\b(?:"
    r"(?:i(?:'ve| have)? |we(?:'ve| have)? )?chang(?:e|ed|ing) (?:my|our) minds?"
    r"|in return|return(?:ed)? (?:home|to (?:work|the country))|by return (?:e-?mail|of post)|many happy returns"
    r"|(?:refund|return|exchange|cancellation) polic(?:y|ies)"
    r"|exchange rate|change of (?:plans?|heart|mind)|(?:my|our|the) plans? (?:have |has )?chang(?:ed?|es)|for a change"
    r"|don't change|nothing changed"
    r")\b",
    I,
)

_ASKED_DONE = r"(?:be|been|get|have (?:it|this|that|them|my order|the order)|(?:it|this|that|order) )"

INTENT_VERBS: list[tuple[IntentKind, re.Pattern[str]]] = [
    (
        "cancel",
        re.compile(
            r"\b(?:cancel(?:l?ing|lation)?|cancle|cancell|call off|annul|scrap|void"
            r"|(?<=be )cancell?ed|(?<=get )cancell?ed|(?<=order )cancell?ed|(?<=it )cancell?ed"
            r"|no longer (?:need|want|require)(?: (?:the|my|this))? order"
            r"|(?:don't|do not) (?:need|want) (?:(?:the|my|this) )?order(?=[^.;!?]{0,20}\b(?:any ?more|any longer)))\b",
            I,
        ),
    ),
    (
        "return",
        re.compile(
            r"\b(?:return(?:ing)?|(?<=be )returned|send(?:ing)? (?:it |them |this |that |these |those |one )?back"
            r"|(?:bring|take|give|giving|bringing)(?: (?:it|them|this|that))? back|refund(?:ed|ing)?|reimburse|money back)\b",
            I,
        ),
    ),
    (
        "exchange",
        re.compile(
            r"\b(?:exchang(?:e|ing)|excange|exchnage|(?<=be )exchanged|swop(?:ping)?|swap(?:ping)?(?: out)?|replac(?:e|ing|ement)"
            r"|(?<=be )replaced|(?<=be )swapped|trad(?:e|ing)(?: in)?)\b",
            I,
        ),
    ),
    (
        "change_items",
        re.compile(
            r"\b(?:chang(?:e|ing)|chnage|modif(?:y|ying|ication)|updat(?:e|ing)|switch(?:ing)?|adjust(?:ing)?|amend(?:ing)?"
            r"|alter(?:ing)?|edit(?:ing)?|upgrad(?:e|ing)|downgrad(?:e|ing)|correct(?= (?:my|the|this|it|all)\b)|redirect(?:ing)?|reroute"
            r"|(?<=be )changed|(?<=be )updated"
            r"|(?:deliver|send|ship|courier)(?:ing)?(?: (?:it|this|that|them|my|the|order|parcel|package|number|#?[a-z]{0,4}\d{3,})){1,4}(?= to\b)"
            r"|(?<=be )delivered(?= to\b)|(?:need|want|like)(?= (?:[\w#]+ ){1,4}delivered to\b)|pay(?:ing)?(?= (?:(?:for )?(?:it|this|that|order|the order|my order)[^.;,]*)?(?:with|by|using|via)\b)|use(?= (?:\w+ ){0,5}address\b)|(?:like|want|prefer)(?= [^.;!?]*\binstead of\b))\b",
            I,
        ),
    ),
    (
        "order_status",
        re.compile(
            r"\b(?:where(?:'s| is| are|abouts)|track(?:ing)?|status|eta|when (?:will|is|can|does|should|do|it|they|my|order|the order|the parcel)|where (?:my|the|this)\b(?=[^.?!]{0,40} is\b)"
            r"|(?:has|have|is|was) (?:it|my|the|this)(?: #?\w+){0,4} (?:shipped|dispatched|left|been (?:shipped|sent|dispatched|delivered))"
            r"|(?:not|haven't|hasn't|never|still|yet)(?: yet)?(?: been)? (?:received|arrived|delivered|waiting)|waiting for (?:my|the) (?:order|parcel|delivery))\b",
            I,
        ),
    ),
    (
        "product_question",
        re.compile(
            r"\b(?:how many|in stock|do you (?:have|sell|stock|carry)|(?:is|are) (?:there|it|they|the)(?: [\w-]+){0,4} available"
            r"|what (?:options|colou?rs|sizes|variants|kinds)|which (?:options|colou?rs|sizes|variants)"
            r"|does (?:it|the)|is (?:the|it) [\w-]+ (?:compatible|waterproof)|(?:the )?price of)\b",
            I,
        ),
    ),
    (
        "other",
        re.compile(
            r"\b(?:(?:to|i'd|and|also|please) know|tell me|inquire|enquire|find out|information (?:about|on)|how much|how long|balance"
            r"|(?:to|and|also|please|you) (?:check|confirm|split|add|remove|merge|combine|undo|reorder|re-order|reinstate|transfer|speak|talk|ask)"
            r"|split the payment|total (?:amount|price|refund|cost))\b",
            I,
        ),
    ),
]

TELLING_STARTS = word_set(
    "i i'm i've i'd i'll we we're we've my our mine the it it's its they they're this that that's these those he "
    "she there here's as since because unfortunately sorry sadly order your you you're name tel cell mobile phone "
    "a an both one two when after before last yesterday today on in at but and so also however although though "
    "while hi hello hey dear good thanks thank regards kind best many warm cheers groete ok okay yes no not just "
    "reason reasons made chose clicked forgot thought meant found came went had was were did placed paid got "
    "bought ordered received arrived same only everything all nothing customer email e-mail address subject re "
    "fyi ps for from with to of"
)
"""A sentence that begins otherwise may be an order to do something ('Call me first') that no pattern here knows."""

ANY_UPDATE = re.compile(r"\b(?:any|an|some|the) (?:update|news)", I)
WH_QUESTION = re.compile(
    r"^\W*(?:(?:so|and|also|but|then|please|hi|hello|hey)\W+)*(?:how|what|when|where|which|who|why|whose)\b", I
)
ADDRESS_WORDS = re.compile(
    r"\b(?:address(?:es)?|delivery (?:details|location|place)|shipping (?:details|location)|destination)\b", I
)
PROFILE_ADDRESS = re.compile(
    r"\b(?:(?:user|account|profile|my default|default user|billing)(?: \w+)? address|address (?:on|in) (?:my|the) (?:account|profile))\b",
    I,
)
PAYMENT_WORDS = re.compile(
    r"\b(?:payment(?: methods?)?|pay|paid|credit[ _]cards?|debit[ _]cards?|gift[ _](?:cards?|vouchers?)|giftcard|paypal|visa|master ?card|amex|eft|store credit|(?<!sd )(?<!cf )(?<!memory )(?<!business )card)(?=\b|_)",
    I,
)
OTHER_OBJECTS = re.compile(
    r"\b(?:delivery )?(?:date|time|slot|name|phone|cell(?:phone)? number|contact|number|e-?mail|password|quantity|qty|invoice|vat|subscription)\b",
    I,
)

# A sentence with one of these asks for something, even where no verb above is in it.
REQUEST_CUES = re.compile(
    r"\?|\b(?:i(?:'d| would| should)? (?:want|wish|like|love|need|require|prefer)|i want|we want|please|pls|plz|kindly"
    r"|(?:can|could|would|will|may) (?:you|i|we)|help me|make sure|ensure|ask(?:ing)? (?:the|for|you)|tell me|add|remove|give me"
    r"|let me know|i also|we need|inquire|enquire|check|confirm|check|transfer|insist|must|should|know (?:how|what|when|where|which|the|if))\b",
    I,
)

# What a rule cannot decide. Each gives the words that a reviewer reads.
DOUBTS: list[tuple[str, re.Pattern[str]]] = [
    ("a condition", re.compile(r"\b(?:if|unless|otherwise|in case|provided|depending|depends|whether|in the event|as long as|else|only when|suppose|should (?:it|that|the|this|there))\b", I)),
    ("a preference", re.compile(r"\b(?:prefer\w*|ideally|(?:'d|would) rather|if not|next best|or else|whichever|whatever|either|any(?:thing)? (?:other|but|similar)|as (?:many|much) as)\b", I)),
    ("a hesitation", re.compile(r"\b(?:not (?:yet |quite |entirely )?sure|maybe|perhaps|might|possibly|thinking|considering|undecided|regret|not certain|(?:any |some )?one of (?:my|the)|i think|i guess|probably)\b", I)),
    ("a later change of mind", re.compile(r"\b(?:on second thought|actually,? (?:no|rather|don't|keep)|changed my mind (?:about (?:that|the (?:cancellation|return|exchange)))|scratch that|never ?mind|forget (?:it|that|about)|ignore (?:that|my|the)|undo|(?:cancel|stop|reverse|withdraw) (?:the|my|this|that) (?:\w+ )?(?:return|exchange|refund|cancellation|change|request))\b", I)),
    ("an exception", re.compile(r"\b(?:except\w*|apart from|other than|excluding|but (?:not|keep)|besides|all but|keep (?:the|my|it|them|everything)|leave (?:the|out|it)|only (?:the|want to|cancel|return|exchange)|remaining|the rest)\b", I)),
    ("an instruction to a machine", re.compile(r"\b(?:(?:ignore|disregard|forget|override) (?:all |any |the |your )*(?:previous|prior|above|earlier|other)? ?(?:instructions?|rules?|polic(?:y|ies)|prompts?)|system prompt|you are now|developer mode|jailbreak|as an ai|the agent|begin(?:ning)? of (?:system|instructions?)|admin(?:istrator)? (?:mode|override)|pre-?approved|already (?:been )?approved)\b", I)),
    ("a threat or a legal matter", re.compile(r"\b(?:lawyer|attorney|sue|legal action|consumer (?:tribunal|commission|protection)|ombud\w*|hellopeter|fraud(?:ulent)?|stolen|police|chargeback)\b", I)),
]  # fmt: skip

NEGATION = re.compile(
    r"\b(?:not|don't|do not|doesn't|didn't|never|can't|cannot|won't|without|no need|isn't|aren't|wasn't|shouldn't|must ?n't)\b",
    I,
)
HARMLESS_NEGATIONS = re.compile(
    r"\b(?:(?:do not|don't|no longer|not|does not|doesn't|didn't|did not|isn't|is not|wasn't|was not|aren't|are not|won't|can't|cannot|never) (?:really |actually |even |quite )?"
    r"(?:need|want|require|work(?:ing)?|fit(?:ting)?|suit\w*|like\w*|love|happy|mean|meant|intend\w*|order\w*|realise\w*|realize\w*|notice\w*|use|used|using|satisfied|what i|turn\w*|switch(?:ing)? on|charge|as (?:described|advertised|expected|pictured)|the right|right|wearing|worn|open\w*|remember|sit|stay|close|comfortable|big enough|good enough|good)\b"
    r"(?: (?:it|them|this|that|the order))?(?: any ?more| any longer)?|no longer|not only"
    r"|(?:not|non)[ -](?:\w+[ -]?)?(?:proof|resistant|waterproof|adjustable|rechargeable|polarized|polarised))",
    I,
)  # fmt: skip

MISTAKE = re.compile(
    r"\b(?:by (?:mistake|accident|error)|(?:in|an?|the|my|made a|made an) (?:error|mistake)|accident(?:al|ally)?|mistak\w+|unintention\w*"
    r"|(?:ordered|placed|bought|paid)(?: (?:it|this|that|order|the (?:same )?(?:order|thing|item)))? twice|duplicate|double order|ordered (?:the )?wrong|wrong (?:order|item|size|colou?r|product|one)"
    r"|per ongeluk|meant to (?:order|buy|get)|clicked|pressed)\b",
    I,
)
NOT_NEEDED = re.compile(
    r"\b(?:no longer (?:need\w*|want\w*|require\w*|necessary)|not (?:needed|required|necessary|wanted) (?:any ?more|any longer|now)"
    r"|(?:don't|do not|doesn't) (?:really )?(?:need|want|require)\b|chang(?:e|ed|ing) (?:my|our) minds?|change of (?:mind|heart|plans?)|(?:don't|do not) need"
    r"|(?:my|our|the) plans? (?:have |has )?changed|need(?:ed)? (?:it |them |this )?any ?more|unneeded|not needed)\b",
    I,
)

# Where a clause gives its reason: nothing in it names what to act on.
REASON_CLAUSE = re.compile(
    r"(?:,?\s{0,3}\b(?:because|since|seeing that|due to|owing to|on account of)\b|,\s{0,3}(?:as|it|they|which|that|neither|none)(?='?s?\b)(?! well)"
    r"|(?<!well)\s\bas (?:it|they|i|we|the)\b|\s[-–—]\s(?:it|they|i|the)\b(?! (?:want|need|wish|would|prefer)\b|'d\b)|\s\bwhich (?:i|is|are|was|were|arrived|came|does|has)\b|\sthat (?:i|you|we|arrived|came|was|is)\b"
    r"|\s\bi (?:bought|ordered|purchased|received|got)\b)(?:[^.;!?\n]|\.(?=\d))*",
    I,
)

# 'If there is a price difference' before or after words that only say how to pay is a preference, not a condition.
MONEY_CONDITION = re.compile(
    r"\b(?:(?:in case|if|where|should) (?:there(?:'s| is| was| are| were| might be| be)|of)(?: a| any| some)?(?: small| slight| extra)? (?:price |cost )?differences?(?: in (?:the )?(?:price|cost))?(?: (?:to (?:be )?(?:pay|paid|settle[d]?)|in the price))?"
    r"|(?:if|should) (?:the )?(?:prices?|costs?|amounts?)(?: (?:is|are|be|turns? out|will be|happens to be))? (?:different|differs?|not the same)"
    r"|if (?:it|they|this|that) differs? in price)\b,?(?: then)?",
    I,
)

ONLY_PAYS = re.compile(
    r"^\W*(?:(?:please|and|also|for (?:any|both|all)[\w ,]{0,20}|i(?:'d|'ll|'m| would| will)?|we(?:'ll)?|you can|just|use|prefer|want|like|the|my|to|pay|refund|it|them|back|be|get|have|put|with|onto|on|into|via|by|money|difference|any|price|should|go|can|payment|method|for|is|would|best|fine|credit|made|through|if needed|charge|bill|kindly|pls|then|from|same|settle|deduct|take|off)\b\W{0,3}){0,20}"
    r"(?:payment|credit|debit|gift|giftcard|paypal|visa|master|amex|eft|original|card(?=\W*$| (?:that )?(?:i|we) (?:\w+ )?(?:paid|used)\b))",
    I,
)
"""A sentence that only says how to pay or be paid back, up to the method that it names."""
