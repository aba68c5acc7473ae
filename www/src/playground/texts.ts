import type { Language } from "../state/settings.ts";

const en = {
  title: "Playground",
  lead: "This is the real console with the real package. Only the cloud is not real: an emulator runs inside this page, and nothing leaves it. There is nothing to install, and no key to enter.",
  start: "Start, and open an instance",
  starting: "Starting…",
  next: "Then choose “Swap master and standby…” and confirm it. The console follows the job and reads the roles until it can prove that they have changed.",
  failed: "The emulator could not be started: {why}",
  strip: "Playground: the cloud is an emulator inside this page.",
  mishap: "What happens to a swap",
  docs: "Documentation",
  none: "All goes well",
  lost: "The swap runs, but its answer is lost",
  never: "The connection fails before the swap arrives",
  busy: "It is refused: another job is running",
  throttled: "It is refused once by flow control",
  failedJob: "Its job fails",
  lag: "The list of nodes lags 8 s behind",
  back: "Someone swaps back when the job has ended",
};

type Texts = Record<keyof typeof en, string>;

const zh: Texts = {
  title: "体验环境",
  lead: "这里是真实的控制台和真实的软件包，只有云是模拟的：模拟器在本页内运行，没有任何数据离开本页。无需安装，也无需填写密钥。",
  start: "开始，并打开一个实例",
  starting: "正在启动…",
  next: "然后点击“切换主备…”并确认。控制台会跟踪任务并读取角色，直到能够证明角色确已改变。",
  failed: "模拟器无法启动：{why}",
  strip: "体验环境：云是在本页内运行的模拟器。",
  mishap: "切换时会发生什么",
  docs: "文档",
  none: "一切正常",
  lost: "切换已执行，但响应丢失",
  never: "请求到达之前连接中断",
  busy: "被拒绝：实例有任务正在运行",
  throttled: "被流控拒绝一次",
  failedJob: "任务失败",
  lag: "节点列表滞后 8 秒",
  back: "任务结束后有人切换回来",
};

/** The texts of the playground alone: the console itself does not carry them. */
export const texts: Record<Language, Texts> = { en, zh };
