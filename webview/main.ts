import './styles/index.css';
import { mount } from './ui/app.tsx';
import { Panel } from './panel.ts';

const panel = new Panel();
mount(document.body, panel);
void panel.start();
