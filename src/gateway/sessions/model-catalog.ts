/**
 * The models upstream 2026.2.17 knows without configuration, by provider: an allow-list entry counts only when its model
 * is here, or its provider is configured (upstream-2026.2.17 section 3.5). Ids are parted by blanks.
 */
const KNOWN_MODELS: Readonly<Record<string, string>> = {
  "amazon-bedrock": `
    amazon.nova-2-lite-v1:0 amazon.nova-lite-v1:0 amazon.nova-micro-v1:0 amazon.nova-premier-v1:0
    amazon.nova-pro-v1:0 amazon.titan-text-express-v1 amazon.titan-text-express-v1:0:8k
    anthropic.claude-3-5-haiku-20241022-v1:0 anthropic.claude-3-5-sonnet-20240620-v1:0
    anthropic.claude-3-5-sonnet-20241022-v2:0 anthropic.claude-3-7-sonnet-20250219-v1:0
    anthropic.claude-3-haiku-20240307-v1:0 anthropic.claude-3-opus-20240229-v1:0
    anthropic.claude-3-sonnet-20240229-v1:0 anthropic.claude-haiku-4-5-20251001-v1:0
    anthropic.claude-opus-4-1-20250805-v1:0 anthropic.claude-opus-4-20250514-v1:0
    anthropic.claude-opus-4-5-20251101-v1:0 anthropic.claude-opus-4-6-v1
    anthropic.claude-sonnet-4-20250514-v1:0 anthropic.claude-sonnet-4-5-20250929-v1:0
    cohere.command-r-plus-v1:0 cohere.command-r-v1:0 deepseek.r1-v1:0 deepseek.v3-v1:0
    deepseek.v3.2-v1:0 eu.anthropic.claude-haiku-4-5-20251001-v1:0
    eu.anthropic.claude-opus-4-5-20251101-v1:0 eu.anthropic.claude-opus-4-6-v1
    eu.anthropic.claude-sonnet-4-20250514-v1:0 eu.anthropic.claude-sonnet-4-5-20250929-v1:0
    global.anthropic.claude-haiku-4-5-20251001-v1:0 global.anthropic.claude-opus-4-5-20251101-v1:0
    global.anthropic.claude-opus-4-6-v1 global.anthropic.claude-sonnet-4-20250514-v1:0
    global.anthropic.claude-sonnet-4-5-20250929-v1:0 google.gemma-3-27b-it google.gemma-3-4b-it
    meta.llama3-1-70b-instruct-v1:0 meta.llama3-1-8b-instruct-v1:0 meta.llama3-2-11b-instruct-v1:0
    meta.llama3-2-1b-instruct-v1:0 meta.llama3-2-3b-instruct-v1:0 meta.llama3-2-90b-instruct-v1:0
    meta.llama3-3-70b-instruct-v1:0 meta.llama4-maverick-17b-instruct-v1:0
    meta.llama4-scout-17b-instruct-v1:0 minimax.minimax-m2 minimax.minimax-m2.1
    mistral.ministral-3-14b-instruct mistral.ministral-3-8b-instruct mistral.mistral-large-2402-v1:0
    mistral.voxtral-mini-3b-2507 mistral.voxtral-small-24b-2507 moonshot.kimi-k2-thinking
    moonshotai.kimi-k2.5 nvidia.nemotron-nano-12b-v2 nvidia.nemotron-nano-9b-v2 openai.gpt-oss-120b-1:0
    openai.gpt-oss-20b-1:0 openai.gpt-oss-safeguard-120b openai.gpt-oss-safeguard-20b
    qwen.qwen3-235b-a22b-2507-v1:0 qwen.qwen3-32b-v1:0 qwen.qwen3-coder-30b-a3b-v1:0
    qwen.qwen3-coder-480b-a35b-v1:0 qwen.qwen3-next-80b-a3b qwen.qwen3-vl-235b-a22b
    us.anthropic.claude-haiku-4-5-20251001-v1:0 us.anthropic.claude-opus-4-1-20250805-v1:0
    us.anthropic.claude-opus-4-20250514-v1:0 us.anthropic.claude-opus-4-5-20251101-v1:0
    us.anthropic.claude-opus-4-6-v1 us.anthropic.claude-sonnet-4-20250514-v1:0
    us.anthropic.claude-sonnet-4-5-20250929-v1:0 writer.palmyra-x4-v1:0 writer.palmyra-x5-v1:0
    zai.glm-4.7 zai.glm-4.7-flash
  `,
  anthropic: `
    claude-3-5-haiku-20241022 claude-3-5-haiku-latest claude-3-5-sonnet-20240620
    claude-3-5-sonnet-20241022 claude-3-7-sonnet-20250219 claude-3-7-sonnet-latest
    claude-3-haiku-20240307 claude-3-opus-20240229 claude-3-sonnet-20240229 claude-haiku-4-5
    claude-haiku-4-5-20251001 claude-opus-4-0 claude-opus-4-1 claude-opus-4-1-20250805
    claude-opus-4-20250514 claude-opus-4-5 claude-opus-4-5-20251101 claude-opus-4-6 claude-sonnet-4-0
    claude-sonnet-4-20250514 claude-sonnet-4-5 claude-sonnet-4-5-20250929 claude-sonnet-4-6
  `,
  "azure-openai-responses": `
    codex-mini-latest gpt-4 gpt-4-turbo gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-4o gpt-4o-2024-05-13
    gpt-4o-2024-08-06 gpt-4o-2024-11-20 gpt-4o-mini gpt-5 gpt-5-chat-latest gpt-5-codex gpt-5-mini
    gpt-5-nano gpt-5-pro gpt-5.1 gpt-5.1-chat-latest gpt-5.1-codex gpt-5.1-codex-max gpt-5.1-codex-mini
    gpt-5.2 gpt-5.2-chat-latest gpt-5.2-codex gpt-5.2-pro gpt-5.3-codex gpt-5.3-codex-spark o1 o1-pro o3
    o3-deep-research o3-mini o3-pro o4-mini o4-mini-deep-research
  `,
  cerebras: `
    gpt-oss-120b llama3.1-8b qwen-3-235b-a22b-instruct-2507 zai-glm-4.7
  `,
  "github-copilot": `
    claude-haiku-4.5 claude-opus-4.5 claude-opus-4.6 claude-sonnet-4 claude-sonnet-4.5 gemini-2.5-pro
    gemini-3-flash-preview gemini-3-pro-preview gpt-4.1 gpt-4o gpt-5 gpt-5-mini gpt-5.1 gpt-5.1-codex
    gpt-5.1-codex-max gpt-5.1-codex-mini gpt-5.2 gpt-5.2-codex grok-code-fast-1
  `,
  google: `
    gemini-1.5-flash gemini-1.5-flash-8b gemini-1.5-pro gemini-2.0-flash gemini-2.0-flash-lite
    gemini-2.5-flash gemini-2.5-flash-lite gemini-2.5-flash-lite-preview-06-17
    gemini-2.5-flash-lite-preview-09-2025 gemini-2.5-flash-preview-04-17 gemini-2.5-flash-preview-05-20
    gemini-2.5-flash-preview-09-2025 gemini-2.5-pro gemini-2.5-pro-preview-05-06
    gemini-2.5-pro-preview-06-05 gemini-3-flash-preview gemini-3-pro-preview gemini-flash-latest
    gemini-flash-lite-latest gemini-live-2.5-flash gemini-live-2.5-flash-preview-native-audio
  `,
  "google-antigravity": `
    claude-opus-4-5-thinking claude-sonnet-4-5 claude-sonnet-4-5-thinking gemini-3-flash
    gemini-3-pro-high gemini-3-pro-low gpt-oss-120b-medium
  `,
  "google-gemini-cli": `
    gemini-2.0-flash gemini-2.5-flash gemini-2.5-pro gemini-3-flash-preview gemini-3-pro-preview
  `,
  "google-vertex": `
    gemini-1.5-flash gemini-1.5-flash-8b gemini-1.5-pro gemini-2.0-flash gemini-2.0-flash-lite
    gemini-2.5-flash gemini-2.5-flash-lite gemini-2.5-flash-lite-preview-09-2025 gemini-2.5-pro
    gemini-3-flash-preview gemini-3-pro-preview
  `,
  groq: `
    deepseek-r1-distill-llama-70b gemma2-9b-it llama-3.1-8b-instant llama-3.3-70b-versatile
    llama3-70b-8192 llama3-8b-8192 meta-llama/llama-4-maverick-17b-128e-instruct
    meta-llama/llama-4-scout-17b-16e-instruct mistral-saba-24b moonshotai/kimi-k2-instruct
    moonshotai/kimi-k2-instruct-0905 openai/gpt-oss-120b openai/gpt-oss-20b qwen-qwq-32b qwen/qwen3-32b
  `,
  huggingface: `
    MiniMaxAI/MiniMax-M2.1 MiniMaxAI/MiniMax-M2.5 Qwen/Qwen3-235B-A22B-Thinking-2507
    Qwen/Qwen3-Coder-480B-A35B-Instruct Qwen/Qwen3-Coder-Next Qwen/Qwen3-Next-80B-A3B-Instruct
    Qwen/Qwen3-Next-80B-A3B-Thinking Qwen/Qwen3.5-397B-A17B XiaomiMiMo/MiMo-V2-Flash
    deepseek-ai/DeepSeek-R1-0528 deepseek-ai/DeepSeek-V3.2 moonshotai/Kimi-K2-Instruct
    moonshotai/Kimi-K2-Instruct-0905 moonshotai/Kimi-K2-Thinking moonshotai/Kimi-K2.5 zai-org/GLM-4.7
    zai-org/GLM-4.7-Flash zai-org/GLM-5
  `,
  "kimi-coding": `
    k2p5 kimi-k2-thinking
  `,
  minimax: `
    MiniMax-M2 MiniMax-M2.1 MiniMax-M2.5 MiniMax-M2.5-highspeed
  `,
  "minimax-cn": `
    MiniMax-M2 MiniMax-M2.1 MiniMax-M2.5 MiniMax-M2.5-highspeed
  `,
  mistral: `
    codestral-latest devstral-2512 devstral-medium-2507 devstral-medium-latest devstral-small-2505
    devstral-small-2507 labs-devstral-small-2512 magistral-medium-latest magistral-small
    ministral-3b-latest ministral-8b-latest mistral-large-2411 mistral-large-2512 mistral-large-latest
    mistral-medium-2505 mistral-medium-2508 mistral-medium-latest mistral-nemo mistral-small-2506
    mistral-small-latest open-mistral-7b open-mixtral-8x22b open-mixtral-8x7b pixtral-12b
    pixtral-large-latest
  `,
  openai: `
    codex-mini-latest gpt-4 gpt-4-turbo gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-4o gpt-4o-2024-05-13
    gpt-4o-2024-08-06 gpt-4o-2024-11-20 gpt-4o-mini gpt-5 gpt-5-chat-latest gpt-5-codex gpt-5-mini
    gpt-5-nano gpt-5-pro gpt-5.1 gpt-5.1-chat-latest gpt-5.1-codex gpt-5.1-codex-max gpt-5.1-codex-mini
    gpt-5.2 gpt-5.2-chat-latest gpt-5.2-codex gpt-5.2-pro gpt-5.3-codex gpt-5.3-codex-spark o1 o1-pro o3
    o3-deep-research o3-mini o3-pro o4-mini o4-mini-deep-research
  `,
  "openai-codex": `
    gpt-5.1 gpt-5.1-codex-max gpt-5.1-codex-mini gpt-5.2 gpt-5.2-codex gpt-5.3-codex gpt-5.3-codex-spark
  `,
  opencode: `
    big-pickle claude-3-5-haiku claude-haiku-4-5 claude-opus-4-1 claude-opus-4-5 claude-opus-4-6
    claude-sonnet-4 claude-sonnet-4-5 gemini-3-flash gemini-3-pro glm-4.6 glm-4.7 glm-5 glm-5-free gpt-5
    gpt-5-codex gpt-5-nano gpt-5.1 gpt-5.1-codex gpt-5.1-codex-max gpt-5.1-codex-mini gpt-5.2
    gpt-5.2-codex kimi-k2 kimi-k2-thinking kimi-k2.5 kimi-k2.5-free minimax-m2.1 minimax-m2.5
    minimax-m2.5-free
  `,
  openrouter: `
    ai21/jamba-large-1.7 alibaba/tongyi-deepresearch-30b-a3b allenai/olmo-3.1-32b-instruct
    amazon/nova-2-lite-v1 amazon/nova-lite-v1 amazon/nova-micro-v1 amazon/nova-premier-v1
    amazon/nova-pro-v1 anthropic/claude-3-haiku anthropic/claude-3.5-haiku anthropic/claude-3.5-sonnet
    anthropic/claude-3.7-sonnet anthropic/claude-3.7-sonnet:thinking anthropic/claude-haiku-4.5
    anthropic/claude-opus-4 anthropic/claude-opus-4.1 anthropic/claude-opus-4.5
    anthropic/claude-opus-4.6 anthropic/claude-sonnet-4 anthropic/claude-sonnet-4.5
    anthropic/claude-sonnet-4.6 arcee-ai/trinity-large-preview:free arcee-ai/trinity-mini
    arcee-ai/trinity-mini:free arcee-ai/virtuoso-large auto baidu/ernie-4.5-21b-a3b
    baidu/ernie-4.5-vl-28b-a3b bytedance-seed/seed-1.6 bytedance-seed/seed-1.6-flash
    cohere/command-r-08-2024 cohere/command-r-plus-08-2024 deepseek/deepseek-chat
    deepseek/deepseek-chat-v3-0324 deepseek/deepseek-chat-v3.1 deepseek/deepseek-r1
    deepseek/deepseek-r1-0528 deepseek/deepseek-v3.1-terminus deepseek/deepseek-v3.1-terminus:exacto
    deepseek/deepseek-v3.2 deepseek/deepseek-v3.2-exp google/gemini-2.0-flash-001
    google/gemini-2.0-flash-lite-001 google/gemini-2.5-flash google/gemini-2.5-flash-lite
    google/gemini-2.5-flash-lite-preview-09-2025 google/gemini-2.5-flash-preview-09-2025
    google/gemini-2.5-pro google/gemini-2.5-pro-preview google/gemini-2.5-pro-preview-05-06
    google/gemini-3-flash-preview google/gemini-3-pro-preview google/gemma-3-27b-it
    google/gemma-3-27b-it:free inception/mercury inception/mercury-coder kwaipilot/kat-coder-pro
    meta-llama/llama-3-8b-instruct meta-llama/llama-3.1-405b-instruct meta-llama/llama-3.1-70b-instruct
    meta-llama/llama-3.1-8b-instruct meta-llama/llama-3.3-70b-instruct
    meta-llama/llama-3.3-70b-instruct:free meta-llama/llama-4-maverick meta-llama/llama-4-scout
    minimax/minimax-m1 minimax/minimax-m2 minimax/minimax-m2.1 minimax/minimax-m2.5
    mistralai/codestral-2508 mistralai/devstral-2512 mistralai/devstral-medium mistralai/devstral-small
    mistralai/ministral-14b-2512 mistralai/ministral-3b-2512 mistralai/ministral-8b-2512
    mistralai/mistral-large mistralai/mistral-large-2407 mistralai/mistral-large-2411
    mistralai/mistral-large-2512 mistralai/mistral-medium-3 mistralai/mistral-medium-3.1
    mistralai/mistral-nemo mistralai/mistral-saba mistralai/mistral-small-24b-instruct-2501
    mistralai/mistral-small-3.1-24b-instruct mistralai/mistral-small-3.1-24b-instruct:free
    mistralai/mistral-small-3.2-24b-instruct mistralai/mistral-small-creative
    mistralai/mixtral-8x22b-instruct mistralai/mixtral-8x7b-instruct mistralai/pixtral-large-2411
    mistralai/voxtral-small-24b-2507 moonshotai/kimi-k2 moonshotai/kimi-k2-0905
    moonshotai/kimi-k2-0905:exacto moonshotai/kimi-k2-thinking moonshotai/kimi-k2.5
    nex-agi/deepseek-v3.1-nex-n1 nousresearch/deephermes-3-mistral-24b-preview nousresearch/hermes-4-70b
    nvidia/llama-3.1-nemotron-70b-instruct nvidia/llama-3.3-nemotron-super-49b-v1.5
    nvidia/nemotron-3-nano-30b-a3b nvidia/nemotron-3-nano-30b-a3b:free
    nvidia/nemotron-nano-12b-v2-vl:free nvidia/nemotron-nano-9b-v2 nvidia/nemotron-nano-9b-v2:free
    openai/gpt-3.5-turbo openai/gpt-3.5-turbo-0613 openai/gpt-3.5-turbo-16k openai/gpt-4
    openai/gpt-4-0314 openai/gpt-4-1106-preview openai/gpt-4-turbo openai/gpt-4-turbo-preview
    openai/gpt-4.1 openai/gpt-4.1-mini openai/gpt-4.1-nano openai/gpt-4o openai/gpt-4o-2024-05-13
    openai/gpt-4o-2024-08-06 openai/gpt-4o-2024-11-20 openai/gpt-4o-audio-preview openai/gpt-4o-mini
    openai/gpt-4o-mini-2024-07-18 openai/gpt-4o:extended openai/gpt-5 openai/gpt-5-codex
    openai/gpt-5-image openai/gpt-5-image-mini openai/gpt-5-mini openai/gpt-5-nano openai/gpt-5-pro
    openai/gpt-5.1 openai/gpt-5.1-chat openai/gpt-5.1-codex openai/gpt-5.1-codex-max
    openai/gpt-5.1-codex-mini openai/gpt-5.2 openai/gpt-5.2-chat openai/gpt-5.2-codex openai/gpt-5.2-pro
    openai/gpt-oss-120b openai/gpt-oss-120b:exacto openai/gpt-oss-120b:free openai/gpt-oss-20b
    openai/gpt-oss-20b:free openai/gpt-oss-safeguard-20b openai/o1 openai/o3 openai/o3-deep-research
    openai/o3-mini openai/o3-mini-high openai/o3-pro openai/o4-mini openai/o4-mini-deep-research
    openai/o4-mini-high openrouter/aurora-alpha openrouter/auto openrouter/free
    prime-intellect/intellect-3 qwen/qwen-2.5-72b-instruct qwen/qwen-2.5-7b-instruct qwen/qwen-max
    qwen/qwen-plus qwen/qwen-plus-2025-07-28 qwen/qwen-plus-2025-07-28:thinking qwen/qwen-turbo
    qwen/qwen-vl-max qwen/qwen3-14b qwen/qwen3-235b-a22b qwen/qwen3-235b-a22b-2507
    qwen/qwen3-235b-a22b-thinking-2507 qwen/qwen3-30b-a3b qwen/qwen3-30b-a3b-instruct-2507
    qwen/qwen3-30b-a3b-thinking-2507 qwen/qwen3-32b qwen/qwen3-4b qwen/qwen3-4b:free qwen/qwen3-8b
    qwen/qwen3-coder qwen/qwen3-coder-30b-a3b-instruct qwen/qwen3-coder-flash qwen/qwen3-coder-next
    qwen/qwen3-coder-plus qwen/qwen3-coder:exacto qwen/qwen3-coder:free qwen/qwen3-max
    qwen/qwen3-max-thinking qwen/qwen3-next-80b-a3b-instruct qwen/qwen3-next-80b-a3b-instruct:free
    qwen/qwen3-next-80b-a3b-thinking qwen/qwen3-vl-235b-a22b-instruct qwen/qwen3-vl-235b-a22b-thinking
    qwen/qwen3-vl-30b-a3b-instruct qwen/qwen3-vl-30b-a3b-thinking qwen/qwen3-vl-32b-instruct
    qwen/qwen3-vl-8b-instruct qwen/qwen3-vl-8b-thinking qwen/qwen3.5-397b-a17b qwen/qwen3.5-plus-02-15
    qwen/qwq-32b relace/relace-search sao10k/l3-euryale-70b sao10k/l3.1-euryale-70b
    stepfun/step-3.5-flash stepfun/step-3.5-flash:free thedrummer/rocinante-12b
    thedrummer/unslopnemo-12b tngtech/deepseek-r1t2-chimera tngtech/tng-r1t-chimera
    upstage/solar-pro-3:free x-ai/grok-3 x-ai/grok-3-beta x-ai/grok-3-mini x-ai/grok-3-mini-beta
    x-ai/grok-4 x-ai/grok-4-fast x-ai/grok-4.1-fast x-ai/grok-code-fast-1 xiaomi/mimo-v2-flash
    z-ai/glm-4-32b z-ai/glm-4.5 z-ai/glm-4.5-air z-ai/glm-4.5-air:free z-ai/glm-4.5v z-ai/glm-4.6
    z-ai/glm-4.6:exacto z-ai/glm-4.6v z-ai/glm-4.7 z-ai/glm-4.7-flash z-ai/glm-5
  `,
  "vercel-ai-gateway": `
    alibaba/qwen-3-14b alibaba/qwen-3-235b alibaba/qwen-3-30b alibaba/qwen-3-32b
    alibaba/qwen3-235b-a22b-thinking alibaba/qwen3-coder alibaba/qwen3-coder-30b-a3b
    alibaba/qwen3-coder-next alibaba/qwen3-coder-plus alibaba/qwen3-max-preview
    alibaba/qwen3-max-thinking alibaba/qwen3-vl-thinking alibaba/qwen3.5-plus anthropic/claude-3-haiku
    anthropic/claude-3.5-haiku anthropic/claude-3.5-sonnet anthropic/claude-3.5-sonnet-20240620
    anthropic/claude-3.7-sonnet anthropic/claude-haiku-4.5 anthropic/claude-opus-4
    anthropic/claude-opus-4.1 anthropic/claude-opus-4.5 anthropic/claude-opus-4.6
    anthropic/claude-sonnet-4 anthropic/claude-sonnet-4.5 anthropic/claude-sonnet-4.6
    arcee-ai/trinity-large-preview bytedance/seed-1.6 cohere/command-a deepseek/deepseek-v3
    deepseek/deepseek-v3.1 deepseek/deepseek-v3.1-terminus deepseek/deepseek-v3.2
    deepseek/deepseek-v3.2-thinking google/gemini-2.5-flash google/gemini-2.5-flash-lite
    google/gemini-2.5-flash-lite-preview-09-2025 google/gemini-2.5-flash-preview-09-2025
    google/gemini-2.5-pro google/gemini-3-flash google/gemini-3-pro-preview
    inception/mercury-coder-small meituan/longcat-flash-chat meituan/longcat-flash-thinking
    meta/llama-3.1-70b meta/llama-3.1-8b meta/llama-3.2-11b meta/llama-3.2-90b meta/llama-3.3-70b
    meta/llama-4-maverick meta/llama-4-scout minimax/minimax-m2 minimax/minimax-m2.1
    minimax/minimax-m2.1-lightning minimax/minimax-m2.5 mistral/codestral mistral/devstral-2
    mistral/devstral-small mistral/devstral-small-2 mistral/ministral-3b mistral/ministral-8b
    mistral/mistral-medium mistral/mistral-small mistral/pixtral-12b mistral/pixtral-large
    moonshotai/kimi-k2 moonshotai/kimi-k2-thinking moonshotai/kimi-k2-thinking-turbo
    moonshotai/kimi-k2-turbo moonshotai/kimi-k2.5 nvidia/nemotron-nano-12b-v2-vl
    nvidia/nemotron-nano-9b-v2 openai/codex-mini openai/gpt-4-turbo openai/gpt-4.1 openai/gpt-4.1-mini
    openai/gpt-4.1-nano openai/gpt-4o openai/gpt-4o-mini openai/gpt-5 openai/gpt-5-chat
    openai/gpt-5-codex openai/gpt-5-mini openai/gpt-5-nano openai/gpt-5-pro openai/gpt-5.1-codex
    openai/gpt-5.1-codex-max openai/gpt-5.1-codex-mini openai/gpt-5.1-instant openai/gpt-5.1-thinking
    openai/gpt-5.2 openai/gpt-5.2-chat openai/gpt-5.2-codex openai/gpt-5.2-pro openai/gpt-oss-120b
    openai/gpt-oss-20b openai/gpt-oss-safeguard-20b openai/o1 openai/o3 openai/o3-deep-research
    openai/o3-mini openai/o3-pro openai/o4-mini perplexity/sonar perplexity/sonar-pro
    prime-intellect/intellect-3 vercel/v0-1.0-md vercel/v0-1.5-md xai/grok-2-vision xai/grok-3
    xai/grok-3-fast xai/grok-3-mini xai/grok-3-mini-fast xai/grok-4 xai/grok-4-fast-non-reasoning
    xai/grok-4-fast-reasoning xai/grok-4.1-fast-non-reasoning xai/grok-4.1-fast-reasoning
    xai/grok-code-fast-1 xiaomi/mimo-v2-flash zai/glm-4.5 zai/glm-4.5-air zai/glm-4.5v zai/glm-4.6
    zai/glm-4.6v zai/glm-4.6v-flash zai/glm-4.7 zai/glm-4.7-flashx zai/glm-5
  `,
  xai: `
    grok-2 grok-2-1212 grok-2-latest grok-2-vision grok-2-vision-1212 grok-2-vision-latest grok-3
    grok-3-fast grok-3-fast-latest grok-3-latest grok-3-mini grok-3-mini-fast grok-3-mini-fast-latest
    grok-3-mini-latest grok-4 grok-4-1-fast grok-4-1-fast-non-reasoning grok-4-fast
    grok-4-fast-non-reasoning grok-beta grok-code-fast-1 grok-vision-beta
  `,
  zai: `
    glm-4.5 glm-4.5-air glm-4.5-flash glm-4.5v glm-4.6 glm-4.6v glm-4.7 glm-4.7-flash glm-5
  `,
};

let keys: ReadonlySet<string> | undefined;

/** Whether upstream knows a model without configuration; both names as they are spelled there. */
export function isKnownModel(provider: string, model: string): boolean {
  // Built when an allow-list first asks: most gateways have none.
  keys ??= new Set(
    Object.entries(KNOWN_MODELS).flatMap(([name, ids]) =>
      ids
        .trim()
        .split(/\s+/)
        .map((id) => `${name}/${id}`),
    ),
  );
  return keys.has(`${provider}/${model}`);
}
