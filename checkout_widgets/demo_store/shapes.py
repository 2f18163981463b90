"""Drawings of products on a canvas of 400 x 400, filled by ``pictures``.

``{main}`` is the product's colour or pattern, ``{dark}`` its shade, ``{light}`` its tint, ``{accent}`` a second colour.
``NAMES`` lists the words of a title that call for a drawing; the first word found from the end of the title wins,
since English names end with the thing itself.
"""

SHAPES = {
    "mug": """<path d="M268 170h26a44 44 0 0 1 0 88h-26" fill="none" stroke="{dark}" stroke-width="20"/>
<path d="M112 128h164v120a52 52 0 0 1-52 52h-60a52 52 0 0 1-52-52z" fill="{main}"/>
<ellipse cx="194" cy="128" rx="82" ry="17" fill="{dark}"/><ellipse cx="194" cy="130" rx="68" ry="11" fill="#6b4a35"/>""",
    "teacup": """<ellipse cx="200" cy="290" rx="128" ry="22" fill="{dark}"/>
<ellipse cx="200" cy="282" rx="128" ry="22" fill="{main}"/>
<path d="M282 180h16a32 32 0 0 1 0 64h-30" fill="none" stroke="{dark}" stroke-width="14"/>
<path d="M104 156h186c0 78-30 124-93 124s-93-46-93-124z" fill="{main}"/>
<ellipse cx="197" cy="156" rx="93" ry="17" fill="{dark}"/><ellipse cx="197" cy="158" rx="78" ry="11" fill="#8a5a3a"/>""",
    "teapot": """<path d="M286 196c34-6 34-50 62-56l8 22c-24 10-22 74-70 82z" fill="{dark}"/>
<path d="M114 184c-70-16-78 82 4 78" fill="none" stroke="{dark}" stroke-width="18"/>
<path d="M200 148c64 0 98 38 98 78 0 38-30 70-98 70s-98-32-98-70c0-40 34-78 98-78z" fill="{main}"/>
<path d="M142 154c10-30 106-30 116 0z" fill="{dark}"/><circle cx="200" cy="120" r="15" fill="{accent}"/>""",
    "cakestand": """<path d="M192 84h16v210h-16z" fill="{dark}"/><path d="M146 312c0-24 108-24 108 0z" fill="{dark}"/>
<ellipse cx="200" cy="272" rx="124" ry="20" fill="{main}"/><ellipse cx="200" cy="200" rx="94" ry="16" fill="{main}"/>
<ellipse cx="200" cy="136" rx="62" ry="12" fill="{main}"/>
<g fill="{accent}"><path d="M104 268a20 20 0 0 1 40 0z"/><path d="M256 268a20 20 0 0 1 40 0z"/>
<path d="M132 196a17 17 0 0 1 34 0z"/><path d="M236 196a17 17 0 0 1 34 0z"/></g>
<circle cx="200" cy="76" r="14" fill="none" stroke="{dark}" stroke-width="8"/>""",
    "plate": """<ellipse cx="200" cy="212" rx="142" ry="138" fill="{dark}"/><circle cx="200" cy="204" r="140" fill="{main}"/>
<circle cx="200" cy="204" r="88" fill="#ffffff" opacity=".55"/>
<circle cx="200" cy="204" r="88" fill="none" stroke="{dark}" stroke-width="3" opacity=".5"/>""",
    "bowl": """<path d="M150 300h100l-8 18h-84z" fill="{dark}"/>
<path d="M72 168h256c0 84-52 136-128 136S72 252 72 168z" fill="{main}"/>
<ellipse cx="200" cy="168" rx="128" ry="24" fill="{dark}"/><ellipse cx="200" cy="172" rx="108" ry="16" fill="{light}"/>""",
    "jar": """<rect x="112" y="136" width="176" height="180" rx="36" fill="{light}"/>
<path d="M112 196h176v84a36 36 0 0 1-36 36H148a36 36 0 0 1-36-36z" fill="{main}"/>
<rect x="122" y="92" width="156" height="50" rx="14" fill="{dark}"/>
<rect x="150" y="222" width="100" height="52" rx="8" fill="#fffaf0"/>
<path d="M168 242h64M176 256h48" stroke="#9a8f80" stroke-width="5" stroke-linecap="round"/>""",
    "tin": """<path d="M96 140h208v140c0 24-208 24-208 0z" fill="{main}"/>
<path d="M96 140h208v28c0 20-208 20-208 0z" fill="{dark}"/><ellipse cx="200" cy="140" rx="104" ry="26" fill="{light}"/>
<ellipse cx="200" cy="136" rx="20" ry="7" fill="{accent}"/>""",
    "cupcake": """<path d="M112 208h176l-26 106H138z" fill="{main}"/>
<path d="M150 208l12 106M200 208v106M250 208l-12 106" stroke="{dark}" stroke-width="5" opacity=".6"/>
<path d="M100 212c-22-44 22-62 36-62 4-44 56-62 84-36 40-8 60 24 50 46 34 4 42 34 30 52z" fill="#fbeee0"/>
<circle cx="206" cy="96" r="20" fill="{accent}"/>""",
    "bag": """<path d="M148 150v-30a52 52 0 0 1 104 0v30" fill="none" stroke="{dark}" stroke-width="16"/>
<path d="M96 146h208l16 152a18 18 0 0 1-18 20H98a18 18 0 0 1-18-20z" fill="{main}"/>
<path d="M96 146h208l4 36H92z" fill="{dark}" opacity=".45"/>""",
    "lunchbox": """<path d="M158 142v-18a18 18 0 0 1 18-18h48a18 18 0 0 1 18 18v18" fill="none" stroke="{dark}"
 stroke-width="16"/><rect x="76" y="140" width="248" height="168" rx="30" fill="{main}"/>
<path d="M76 214h248" stroke="{dark}" stroke-width="8"/><rect x="178" y="198" width="44" height="34" rx="8" fill="{accent}"/>""",
    "umbrella": """<path d="M200 92v194a26 26 0 0 1-52 0" fill="none" stroke="#7a5c48" stroke-width="12" stroke-linecap="round"/>
<path d="M60 216C60 136 122 84 200 84s140 52 140 132c-18-22-52-22-70 0-18-24-52-24-70 0-18-24-52-24-70 0-18-22-52-22-70 0z"
 fill="{main}"/><path d="M200 84c-40 30-62 78-70 132m70-132c40 30 62 78 70 132" fill="none" stroke="{dark}" stroke-width="5"/>""",
    "candle": """<path d="M132 190h136v122a14 14 0 0 1-14 14H146a14 14 0 0 1-14-14z" fill="{main}"/>
<ellipse cx="200" cy="190" rx="68" ry="17" fill="{light}"/><path d="M200 190v-30" stroke="#5a4a3c" stroke-width="6"/>
<path d="M200 84c30 36 30 72 0 78-30-6-30-42 0-78z" fill="#f6b545"/>
<path d="M200 118c13 18 13 36 0 40-13-4-13-22 0-40z" fill="#fff0c2"/>""",
    "lantern": """<circle cx="200" cy="82" r="24" fill="none" stroke="{dark}" stroke-width="9"/>
<path d="M132 150l68-50 68 50z" fill="{dark}"/><rect x="132" y="150" width="136" height="150" fill="#fff3cf"/>
<path d="M132 150h136v150H132zM177 150v150M223 150v150" fill="none" stroke="{dark}" stroke-width="10"/>
<path d="M200 186c22 28 22 54 0 60-22-6-22-32 0-60z" fill="#f6b545"/><rect x="182" y="246" width="36" height="50" fill="{main}"/>
<rect x="116" y="296" width="168" height="24" rx="8" fill="{dark}"/>""",
    "lights": """<path d="M48 120c60 110 244 110 304 0" fill="none" stroke="#6d6a63" stroke-width="6"/>
<g fill="{main}"><circle cx="84" cy="186" r="28"/><circle cx="200" cy="234" r="28"/><circle cx="316" cy="186" r="28"/></g>
<g fill="{accent}"><circle cx="138" cy="222" r="24"/><circle cx="262" cy="222" r="24"/></g>
<g fill="#ffffff" opacity=".5"><circle cx="76" cy="178" r="8"/><circle cx="192" cy="226" r="8"/><circle cx="308" cy="178" r="8"/></g>""",
    "card": """<rect x="132" y="84" width="176" height="228" rx="8" fill="{dark}" transform="rotate(8 220 200)"/>
<rect x="104" y="88" width="184" height="232" rx="8" fill="#fffdf8"/><rect x="118" y="102" width="156" height="150" rx="4" fill="{main}"/>
<path d="M142 278h108M158 296h76" stroke="{dark}" stroke-width="6" stroke-linecap="round"/>""",
    "notebook": """<rect x="108" y="80" width="196" height="244" rx="14" fill="{dark}"/>
<rect x="100" y="76" width="196" height="240" rx="14" fill="{main}"/><path d="M132 76v240" stroke="{dark}" stroke-width="10"/>
<rect x="164" y="122" width="100" height="56" rx="6" fill="#fffaf0"/><path d="M180 142h68M190 158h48" stroke="#9a8f80" stroke-width="5"/>""",
    "wrap": """<g transform="rotate(-24 200 200)"><rect x="70" y="118" width="260" height="60" rx="12" fill="{dark}"/>
<ellipse cx="330" cy="148" rx="14" ry="30" fill="{light}"/><rect x="70" y="196" width="260" height="66" rx="12" fill="{main}"/>
<ellipse cx="330" cy="229" rx="14" ry="33" fill="{light}"/><path d="M180 118v60M180 196v66" stroke="{accent}" stroke-width="14"/></g>""",
    "gift": """<rect x="92" y="180" width="216" height="138" rx="8" fill="{main}"/><rect x="78" y="142" width="244" height="50" rx="8" fill="{dark}"/>
<rect x="182" y="142" width="36" height="176" fill="{accent}"/>
<path d="M200 142c-20-60-90-60-80-20 6 22 50 22 80 20zm0 0c20-60 90-60 80-20-6 22-50 22-80 20z" fill="{accent}"/>""",
    "ribbon": """<circle cx="184" cy="190" r="104" fill="{light}"/><circle cx="184" cy="190" r="84" fill="{main}"/>
<circle cx="184" cy="190" r="34" fill="{light}"/><circle cx="184" cy="190" r="14" fill="{dark}"/>
<path d="M250 250c40 10 60 30 84 70l-40-8-6 34c-20-36-40-60-70-70z" fill="{dark}"/>""",
    "bunting": """<path d="M36 112c90 70 238 70 328 0" fill="none" stroke="#8d8378" stroke-width="7"/>
<g fill="{main}"><path d="M62 132l58 32-48 58z"/><path d="M212 164l62-12-20 78z"/></g>
<g fill="{accent}"><path d="M136 166l62 2-32 78z"/><path d="M288 150l54-30-6 76z"/></g>""",
    "balloon": """<path d="M162 246c10 50-20 60 10 106M252 226c-10 50-30 60-70 126" fill="none" stroke="#8d8378" stroke-width="4"/>
<path d="M258 92c46 0 70 36 70 72 0 42-36 70-70 78-34-8-70-36-70-78 0-36 24-72 70-72z" fill="{accent}"/>
<path d="M154 104c50 0 76 38 76 78 0 46-38 76-76 84-38-8-76-38-76-84 0-40 26-78 76-78z" fill="{main}"/>
<path d="M118 146c8-16 18-20 30-22" fill="none" stroke="#ffffff" stroke-width="9" stroke-linecap="round" opacity=".7"/>""",
    "star": """<path d="M200 70l40 86 94 12-70 64 20 92-84-46-84 46 20-92-70-64 94-12z" fill="{main}" stroke="{dark}"
 stroke-width="8" stroke-linejoin="round"/>""",
    "tree": """<rect x="184" y="288" width="32" height="40" fill="#8a6548"/><path d="M200 70l62 86h-30l52 66h-34l58 70H92l58-70h-34l52-66h-30z"
 fill="{main}"/><g fill="{accent}"><circle cx="172" cy="186" r="10"/><circle cx="226" cy="206" r="10"/><circle cx="160" cy="262" r="10"/>
<circle cx="214" cy="266" r="10"/></g><path d="M200 50l8 16 18 2-13 12 4 18-17-9-17 9 4-18-13-12 18-2z" fill="#f2c14e"/>""",
    "egg": """<path d="M200 76c60 0 102 92 102 154 0 58-44 96-102 96S98 288 98 230c0-62 42-154 102-154z" fill="{main}"/>
<path d="M104 196l32 22 32-22 32 22 32-22 32 22 32-22" fill="none" stroke="{accent}" stroke-width="12" stroke-linejoin="round"/>""",
    "teddy": """<g fill="{dark}"><circle cx="136" cy="120" r="38"/><circle cx="264" cy="120" r="38"/></g>
<g fill="{accent}"><circle cx="136" cy="120" r="20"/><circle cx="264" cy="120" r="20"/></g>
<circle cx="200" cy="200" r="116" fill="{main}"/><ellipse cx="200" cy="236" rx="52" ry="42" fill="#fffaf0"/>
<g fill="#3c3532"><circle cx="160" cy="180" r="11"/><circle cx="240" cy="180" r="11"/><ellipse cx="200" cy="220" rx="15" ry="11"/></g>
<path d="M200 230v14c-10 14-24 10-28 4m28-4c10 14 24 10 28 4" fill="none" stroke="#3c3532" stroke-width="5"/>""",
    "blocks": """<rect x="84" y="206" width="112" height="112" rx="12" fill="{main}"/><rect x="204" y="206" width="112" height="112" rx="12" fill="{accent}"/>
<rect x="144" y="86" width="112" height="112" rx="12" fill="{dark}"/>
<g fill="#fffaf0"><path d="M200 110l12 24 26 4-19 18 5 26-24-12-24 12 5-26-19-18 26-4z"/><circle cx="140" cy="262" r="28"/>
<path d="M260 296c-50-34-30-66 0-46 30-20 50 12 0 46z"/></g>""",
    "pencil": """<g transform="rotate(38 200 200)"><path d="M168 92h64v170l-32 62-32-62z" fill="#f1d7b0"/><rect x="168" y="92" width="64" height="168" fill="{main}"/>
<path d="M189 260v-168M211 260v-168" stroke="{dark}" stroke-width="5"/><rect x="168" y="64" width="64" height="34" rx="10" fill="{accent}"/>
<path d="M189 303l11 21 11-21z" fill="#44403c"/></g>""",
    "necklace": """<path d="M92 84c0 130 48 178 108 178s108-48 108-178" fill="none" stroke="{dark}" stroke-width="7" stroke-dasharray="2 13"
 stroke-linecap="round"/><g fill="{main}"><circle cx="120" cy="196" r="13"/><circle cx="280" cy="196" r="13"/><circle cx="150" cy="236" r="16"/>
<circle cx="250" cy="236" r="16"/></g><path d="M200 334c-70-48-42-94 0-66 42-28 70 18 0 66z" fill="{accent}"/>""",
    "purse": """<path d="M84 176h232l14 100c2 26-14 42-38 42H108c-24 0-40-16-38-42z" fill="{main}"/>
<path d="M96 180c0-90 208-90 208 0" fill="none" stroke="{dark}" stroke-width="18"/>
<circle cx="188" cy="104" r="17" fill="{accent}"/><circle cx="214" cy="104" r="17" fill="{dark}"/>""",
    "bottle": """<rect x="166" y="62" width="68" height="40" rx="10" fill="{dark}"/><path d="M174 98h52c0 40 42 48 42 92v118a22 22 0 0 1-22 22h-92
a22 22 0 0 1-22-22V190c0-44 42-52 42-92z" fill="{main}"/><rect x="132" y="204" width="136" height="74" fill="#fffaf0" opacity=".9"/>
<path d="M158 230h84M170 250h60" stroke="{dark}" stroke-width="6" stroke-linecap="round"/>""",
    "watering": """<path d="M252 190l72-58 12 14-72 112z" fill="{dark}"/><path d="M308 120l44 26" stroke="{dark}" stroke-width="16" stroke-linecap="round"/>
<path d="M106 176c-64 4-60 116 6 116" fill="none" stroke="{dark}" stroke-width="16"/><path d="M100 168h160l12 150H88z" fill="{main}"/>
<ellipse cx="180" cy="168" rx="80" ry="18" fill="{light}"/>""",
    "plant": """<g fill="#7fae84"><path d="M200 220C120 200 110 130 122 98c50 10 82 56 78 122z"/><path d="M200 220c80-20 90-90 78-122-50 10-82 56-78 122z"/>
<path d="M200 220c-36-60-20-120 0-146 20 26 36 86 0 146z" fill="#5f9468"/></g><path d="M116 216h168v34H116z" fill="{dark}"/>
<path d="M128 250h144l-20 78H148z" fill="{main}"/>""",
    "bird": """<path d="M92 232c-4-70 52-120 116-112 26-36 84-24 84 22l36 14-36 16c0 84-56 126-122 118l-90 28 28-44c-8-12-14-26-16-42z" fill="{main}"/>
<path d="M150 214c30-34 76-24 86 10-22 40-66 38-86-10z" fill="{dark}"/><circle cx="262" cy="142" r="9" fill="#35302d"/>
<path d="M292 148l36 8-36 16z" fill="#e9a53f"/>""",
    "birdhouse": """<rect x="190" y="290" width="20" height="60" fill="#8a6548"/><path d="M116 170h168v126H116z" fill="{main}"/>
<path d="M90 182L200 78l110 104z" fill="{dark}"/><circle cx="200" cy="214" r="30" fill="#4d4038"/><rect x="192" y="254" width="16" height="24" rx="6" fill="{accent}"/>""",
    "clock": """<circle cx="200" cy="204" r="126" fill="{dark}"/><circle cx="200" cy="200" r="120" fill="{main}"/><circle cx="200" cy="200" r="92" fill="#fffdf8"/>
<path d="M200 200v-62M200 200l44 26" stroke="#3f3a36" stroke-width="10" stroke-linecap="round"/>
<path d="M200 120v12M200 268v12M120 200h12M268 200h12" stroke="{dark}" stroke-width="8" stroke-linecap="round"/><circle cx="200" cy="200" r="9" fill="{accent}"/>""",
    "cushion": """<path d="M82 90c70 22 166 22 236 0-20 72-20 150 0 224-70-22-166-22-236 0 20-74 20-152 0-224z" fill="{main}" stroke="{dark}" stroke-width="8"
 stroke-linejoin="round"/><path d="M120 130c50 10 110 10 160 0M120 274c50-10 110-10 160 0" fill="none" stroke="{light}" stroke-width="5" opacity=".6"/>""",
    "frame": """<rect x="92" y="72" width="216" height="260" rx="12" fill="{dark}"/><rect x="104" y="84" width="192" height="236" rx="6" fill="{main}"/>
<rect x="134" y="116" width="132" height="172" fill="#eef3f4"/><circle cx="232" cy="154" r="18" fill="#f2c14e"/>
<path d="M134 262l46-62 40 46 22-24 24 32v34H134z" fill="#8db09a"/>""",
    "sign": """<path d="M124 156L200 86l76 70" fill="none" stroke="#9a8f80" stroke-width="6"/><circle cx="200" cy="86" r="8" fill="#7c7268"/>
<rect x="70" y="156" width="260" height="132" rx="16" fill="{main}" stroke="{dark}" stroke-width="9"/>
<rect x="100" y="184" width="200" height="76" rx="8" fill="#fffaf0"/><path d="M126 210h148M150 236h100" stroke="{dark}" stroke-width="9" stroke-linecap="round"/>""",
    "heart": """<path d="M200 76c-16 0-16 24 0 30" fill="none" stroke="#9a8f80" stroke-width="6"/>
<path d="M200 330C60 236 84 112 158 112c24 0 38 14 42 28 4-14 18-28 42-28 74 0 98 124-42 218z" fill="{main}" stroke="{dark}" stroke-width="8"/>
<path d="M116 178c4-22 18-34 34-36" fill="none" stroke="#ffffff" stroke-width="9" stroke-linecap="round" opacity=".6"/>""",
    "box": """<path d="M84 170h232v128a18 18 0 0 1-18 18H102a18 18 0 0 1-18-18z" fill="{main}"/><rect x="72" y="120" width="256" height="60" rx="14" fill="{dark}"/>
<rect x="158" y="216" width="84" height="44" rx="6" fill="#fffaf0"/><path d="M174 238h52" stroke="#9a8f80" stroke-width="6"/>""",
    "drawers": """<rect x="96" y="92" width="208" height="216" rx="12" fill="{main}"/><path d="M96 164h208M96 236h208" stroke="{dark}" stroke-width="7"/>
<g fill="{accent}"><circle cx="200" cy="128" r="11"/><circle cx="200" cy="200" r="11"/><circle cx="200" cy="272" r="11"/></g>
<path d="M116 308h28v20h-28zM256 308h28v20h-28z" fill="{dark}"/>""",
    "hook": """<rect x="62" y="120" width="276" height="66" rx="16" fill="{main}"/>
<g fill="none" stroke="{dark}" stroke-width="14" stroke-linecap="round"><path d="M116 170v60a24 24 0 0 0 48 0"/><path d="M198 170v60a24 24 0 0 0 48 0"/>
<path d="M280 170v60a24 24 0 0 0 48 0"/></g><g fill="{accent}"><circle cx="116" cy="153" r="13"/><circle cx="198" cy="153" r="13"/><circle cx="280" cy="153" r="13"/></g>""",
    "doormat": """<path d="M98 142h204l46 130H52z" fill="{dark}"/><path d="M106 150h188l38 112H68z" fill="{main}"/>
<path d="M52 272h296v14H52z" fill="#8a6f52"/><path d="M140 206h120" stroke="#fffaf0" stroke-width="16" stroke-linecap="round"/>""",
    "towel": """<rect x="70" y="92" width="260" height="16" rx="8" fill="#9a8f80"/><path d="M112 100h176v210H112z" fill="{main}"/>
<path d="M112 254h176v16H112zM112 280h176v8H112z" fill="{dark}"/><path d="M112 310h176v14H112z" fill="{light}"/>""",
    "apron": """<path d="M156 92c0-50 88-50 88 0" fill="none" stroke="{dark}" stroke-width="12"/>
<path d="M150 92h100c0 50 10 70 46 86v140a14 14 0 0 1-14 14H118a14 14 0 0 1-14-14V178c36-16 46-36 46-86z" fill="{main}"/>
<path d="M150 226h100v44a22 22 0 0 1-22 22h-56a22 22 0 0 1-22-22z" fill="{dark}"/>""",
    "cutlery": """<g fill="{main}"><path d="M116 76h12v70h10V76h12v70h10V76h12v84c0 20-14 28-20 30v136h-16V190c-6-2-20-10-20-30z" transform="translate(-14)"/>
<path d="M268 76c34 8 46 70 40 128h-24v122h-16z"/></g><path d="M200 76c32 0 40 90 8 108v142h-16V184c-32-18-24-108 8-108z" fill="{accent}"/>""",
    "clothing": """<path d="M150 92h100l62 48-32 46-24-14v150H144V172l-24 14-32-46z" fill="{main}"/><path d="M150 92c20 34 80 34 100 0" fill="none" stroke="{dark}" stroke-width="12"/>""",
    "flower": """<path d="M200 220v116" stroke="#6f9d76" stroke-width="12"/><path d="M200 300c30-40 60-36 76-32-6 26-40 46-76 32z" fill="#7fae84"/>
<g fill="{main}"><circle cx="200" cy="110" r="42"/><circle cx="252" cy="148" r="42"/><circle cx="232" cy="208" r="42"/><circle cx="168" cy="208" r="42"/>
<circle cx="148" cy="148" r="42"/></g><circle cx="200" cy="166" r="32" fill="{accent}"/>""",
    "butterfly": """<g fill="{main}"><path d="M196 200C150 90 64 96 66 150c2 44 60 60 130 50z"/><path d="M204 200c46-110 132-104 130-50-2 44-60 60-130 50z"/></g>
<g fill="{dark}"><path d="M196 200c-70 0-100 40-84 76 20 40 72 10 84-76z"/><path d="M204 200c70 0 100 40 84 76-20 40-72 10-84-76z"/></g>
<path d="M200 150v130M200 150c-6-30-20-40-34-46m34 46c6-30 20-40 34-46" fill="none" stroke="#4d4541" stroke-width="9" stroke-linecap="round"/>""",
}

NAMES = {
    "mug": "mug mugs beaker tankard",
    "teacup": "teacup cup saucer cups",
    "teapot": "teapot jug kettle",
    "cakestand": "cakestand stand tier",
    "plate": "plate plates coaster coasters placemat placemats platter tray dish doilies",
    "bowl": "bowl bowls basin colander",
    "jar": "jar jars pot pots honey jam dispenser",
    "tin": "tin tins canister container bucket plasters",
    "cupcake": "cake cakes cases cupcakes moulds mould baking cutters biscuit",
    "bag": "bag bags shopper tote",
    "lunchbox": "lunch suitcase luggage snack picnic",
    "umbrella": "umbrella parasol",
    "candle": "candle candles t-light t-lights tealight candlestick votive incense",
    "lantern": "lantern candleholder candelabra lamp",
    "lights": "lights light chain",
    "card": "card cards notelets envelope invites postcard",
    "notebook": "notebook sketchbook book diary memo board chalkboard slate blackboard journal",
    "wrap": "wrap paper tissue",
    "gift": "gift kit advent",
    "ribbon": "ribbon ribbons tape reel string",
    "bunting": "bunting garland streamer flag flags",
    "balloon": "balloon balloons party honeycomb",
    "star": "star stars snowflake windmill",
    "tree": "tree christmas",
    "egg": "egg eggs easter",
    "teddy": "teddy doll bear toy bunny rabbit owl cat dog baby puppet",
    "blocks": "block blocks jigsaw game games skittles puzzle dominoes letters stickers sticker magnets playhouse",
    "pencil": "pencil pencils pen crayons chalk chalks eraser",
    "necklace": "necklace bracelet earrings brooch bangle charm keyring ring",
    "purse": "purse wallet",
    "bottle": "bottle flask soap oil balm gloss freezer",
    "watering": "watering",
    "plant": "plant planter herb garden trellis grass",
    "bird": "bird birds chick hen duck dove chicken",
    "birdhouse": "birdhouse birdcage house",
    "clock": "clock alarm timer",
    "cushion": "cushion quilt throw pillow pad",
    "frame": "frame photo picture mirror art poster",
    "sign": "sign plaque hanger tag tags",
    "heart": "heart hearts love decoration",
    "box": "box boxes basket storage bin crate trinket",
    "drawers": "drawer drawers cabinet chest shelf knob",
    "hook": "hook hooks rack coat pegs",
    "doormat": "doormat mat rug",
    "towel": "towel towels napkin napkins flannel cover",
    "apron": "apron",
    "cutlery": "cutlery spoon spoons fork knife whisk glove mitt",
    "clothing": "hat socks scarf slippers poncho shirt costume",
    "flower": "flower flowers rose roses daisy sunflower posy",
    "butterfly": "butterfly butterflies fairy dragonfly",
}
